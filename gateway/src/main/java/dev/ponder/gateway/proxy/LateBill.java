package dev.ponder.gateway.proxy;

import dev.ponder.budget.Entry;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.policy.Candidate;
import dev.ponder.price.Usage;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The line that the decision log has of a bill that came after its request's own: of an answer that
 * was made in the background.
 */
final class LateBill {

  private LateBill() {}

  /**
   * The line, in the words of those of requests.
   *
   * @param requestId the request that showed the bill
   * @param funds what the answer was paid out of
   * @param billed what it used; null if nobody says
   */
  static String line(
      String now,
      String requestId,
      ResponseStore.Owner owner,
      Candidate by,
      Funds funds,
      @Nullable Billed billed) {
    JsonObject out =
        new JsonObject()
            .put("time", now)
            .put("request_id", requestId)
            .put("operation", Dialect.RESPONSES.operation())
            .put("late_bill_of", funds.requestId())
            .put("key", owner.key())
            .put("team", owner.team())
            .put("model", by.model().name())
            .put("deployment", by.deployment().name())
            .put("tier", by.model().tierLabel())
            .put("reserved_usd", funds.reserved().toUsd());
    Entry entry = funds.entry();
    if (entry != null) {
      out.put("settled_by", entry.source().name().toLowerCase(Locale.ROOT));
      out.put("posted_usd", entry.amount().toUsd());
    }
    if (billed == null) {
      return out.encode();
    }
    Usage used = billed.usage();
    out.put("input_tokens", used.inputTokens())
        .put("cached_input_tokens", used.cachedInputTokens())
        .put("cache_write_tokens", used.cacheWriteTokens())
        .put("output_tokens", used.outputTokens())
        .put("reasoning_tokens", used.reasoningTokens())
        .put("cost_usd", billed.cost().toUsd());
    if (billed.told() != null) {
      out.put("cost_source", billed.believed() ? "upstream" : "price");
    }
    String line = out.encode();
    return billed.raw() == null
        ? line
        : line.substring(0, line.length() - 1) + ",\"usage_raw\":" + billed.raw() + "}";
  }
}
