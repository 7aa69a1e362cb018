package dev.ponder.gateway.proxy;

import dev.ponder.gateway.wire.Dialect;
import dev.ponder.gateway.wire.Json;
import dev.ponder.gateway.wire.JsonSplice;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Capabilities;
import dev.ponder.policy.Decision;
import java.util.Set;

/**
 * What of a request changes on its way to a deployment: its model's name always, a stream's usage
 * when nobody asked for it, and, on routed requests only, parameters that the model chosen would
 * answer with an error. A request that names its model is the caller's own affair.
 */
final class Adaptation {

  private Adaptation() {}

  /** The edits for one deployment, always upon the bytes that the client sent. */
  static JsonSplice of(RequestView view, Decision decision, Candidate candidate, Funds funds) {
    JsonSplice splice = JsonSplice.of(view);
    String modelId = candidate.deployment().modelId();
    if (!view.model().equals(modelId)) {
      splice.set("model", quoted(modelId));
    }
    Capabilities can = candidate.model().capabilities();
    if (asksForUsage(view.dialect(), view.stream(), view.includeUsage(), can)) {
      splice.includeUsage();
    }
    if (decision.routed()) {
      adapt(view, candidate, can, funds.effort().isPresent(), splice);
    }
    funds.effort().ifPresent(e -> splice.set("reasoning_effort", quoted(e.wireName())));
    if (funds.writtenCap() >= 0) {
      splice.cap(OutputLimit.nameFor(view, candidate.model()), funds.writtenCap());
    }
    if (funds.limited() && "auto".equals(view.serviceTier())) {
      splice.set("service_tier", "\"default\""); // "auto" may be a dearer one
    }
    return splice;
  }

  /** Whether the gateway asks for a stream's usage on its own behalf. */
  static boolean asksForUsage(
      Dialect dialect, boolean stream, boolean includeUsage, Capabilities can) {
    return dialect.usageOnRequest()
        && stream
        && !includeUsage
        && !can.refusedParams().contains("stream_options");
  }

  private static void adapt(
      RequestView view,
      Candidate candidate,
      Capabilities can,
      boolean effortSet,
      JsonSplice splice) {
    Set<String> refused = can.refusedParams();
    String limit = view.dialect() == Dialect.CHAT ? can.capParam() : "";
    for (String member : view.members()) {
      boolean kept = effortSet && member.equals("reasoning_effort");
      boolean renamed = !limit.isEmpty() && OutputLimit.isOne(member);
      if (refused.contains(member) && !kept && !renamed) {
        splice.remove(member);
      }
    }
    if (!limit.isEmpty()) {
      boolean newer = limit.equals(OutputLimit.COMPLETION_TOKENS);
      limitAs(view, splice, newer ? OutputLimit.TOKENS : OutputLimit.COMPLETION_TOKENS, limit);
    }
    if (!candidate.model().reasoning()) {
      splice.developerToSystem();
    }
  }

  /** Exactly one limit reaches the upstream, under the name that it knows. */
  private static void limitAs(RequestView view, JsonSplice splice, String other, String known) {
    if (!view.has(other)) {
      return;
    }
    if (!view.has(known)) {
      splice.rename(other, known);
    } else if (view.bothCaps() || view.maxOutputTokens() < 0) {
      splice.remove(other);
    } else {
      splice.cap(known, view.maxOutputTokens()); // one of the two is null
    }
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2);
    Json.appendString(out, text);
    return out.toString();
  }
}
