package dev.ponder.gateway.wire;

import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway wants to know of a whole answer.
 *
 * @param json whether the body is a JSON object at all; if not, nothing else is known
 * @param usage the tokens; null when the answer does not say
 * @param finishReason that of the first choice, as the provider spelt it
 * @param error whether there is a top-level {@code error}, which some providers send with a 200
 * @param errorCode that error's {@code code}, if it is a number of three digits; else 0
 * @param visibleBytes the bytes of text, refusals, reasoning and tool calls of all choices, as they
 *     lie in the JSON, escapes and all; what is spoken counts with its transcript. A token of text
 *     is at least one byte, so that no more tokens than these were seen
 * @param odd whether a usage is there that an honest count does not look like; {@code usage} is
 *     then the dearest reading of it, or null where too little is left
 * @param id what an answer of the Responses API is called; null for others
 * @param status how far such an answer is; null for others
 * @param thoughts the fingerprints of its encrypted thoughts
 * @param says whether a part of it is for the caller: text, a refusal, a tool call
 * @param cost what the usage says that the answer costs; null where it does not, negative where
 *     that is no amount of money
 * @param usageRaw the usage as the upstream wrote it, without any text; null without usage
 */
public record AnswerFacts(
    boolean json,
    @Nullable Usage usage,
    @Nullable String finishReason,
    boolean error,
    int errorCode,
    long visibleBytes,
    boolean odd,
    @Nullable String id,
    @Nullable String status,
    List<String> thoughts,
    boolean says,
    @Nullable Money cost,
    @Nullable String usageRaw) {

  /** Whether the answer is still being made. */
  public boolean pending() {
    return "queued".equals(status) || "in_progress".equals(status);
  }

  /** Whether nothing will be added to the answer. */
  public boolean over() {
    return status != null && !pending();
  }

  /** Whether nothing of an answer is there. */
  public boolean hollow() {
    return visibleBytes == 0 && finishReason == null && usage == null;
  }
}
