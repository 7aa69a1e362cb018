package dev.ponder.gateway.wire;

import dev.ponder.price.Usage;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway wants to know of a whole answer.
 *
 * @param json whether the body is a JSON object at all; if not, nothing else is known
 * @param usage the tokens; null when the answer does not say
 * @param finishReason that of the first choice, as the provider spelt it
 * @param error whether there is a top-level {@code error}, which some providers send with a 200
 */
public record AnswerFacts(
    boolean json, @Nullable Usage usage, @Nullable String finishReason, boolean error) {}
