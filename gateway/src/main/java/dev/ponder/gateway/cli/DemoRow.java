package dev.ponder.gateway.cli;

import dev.ponder.price.Money;

/**
 * One prompt of the demo and what became of it.
 *
 * @param id of the prompt
 * @param kind of the prompt, such as {@code keyword trap}
 * @param prompt its text, of any length
 * @param score how much reasoning was thought to help, 0 to 1
 * @param model that answered
 * @param reason why this model
 * @param inputTokens all input
 * @param outputTokens all output, reasoning included
 * @param reasoningTokens hidden output
 * @param cost what it cost
 * @param baseline what the reasoning model would have cost
 * @param expect the prompt author's opinion
 * @param reasoned whether a reasoning model answered
 */
record DemoRow(
    String id,
    String kind,
    String prompt,
    double score,
    String model,
    String reason,
    long inputTokens,
    long outputTokens,
    long reasoningTokens,
    Money cost,
    Money baseline,
    Expect expect,
    boolean reasoned) {

  /** Which kind of model should answer, in somebody's opinion. */
  enum Expect {
    LLM,
    LRM
  }

  DemoRow {
    if (!(score >= 0 && score <= 1)) {
      throw new IllegalArgumentException("score: " + score + " (expected: 0..1)");
    }
    if (inputTokens < 0 || outputTokens < 0 || reasoningTokens < 0) {
      throw new IllegalArgumentException(
          "tokens: "
              + Math.min(inputTokens, Math.min(outputTokens, reasoningTokens))
              + " (expected: 0 or more)");
    }
  }

  /** Whether the model that answered is of the kind that the author would have taken. */
  boolean asExpected() {
    return reasoned == (expect == Expect.LRM);
  }
}
