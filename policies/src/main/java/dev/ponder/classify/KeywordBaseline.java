package dev.ponder.classify;

import java.util.List;
import java.util.Locale;

/**
 * The untrained rule of thumb that a classifier must beat: how many tell-tale words a text has.
 * Used for comparison only, never for routing.
 */
public final class KeywordBaseline {

  private static final List<String> WORDS =
      List.of(
          "prove",
          "proof",
          "solve",
          "calculate",
          "compute",
          "how many",
          "probability",
          "equation",
          "integer",
          "minimum",
          "maximum",
          "optimal",
          "algorithm",
          "array",
          "string",
          "function",
          "step by step",
          "reason",
          "puzzle",
          "logic",
          "plan",
          "goal",
          "constraint",
          "given",
          "determine",
          "sequence",
          "theorem",
          "matrix",
          "grid",
          "rules",
          "shortest",
          "number",
          "sum",
          "\\frac",
          "if ");

  private KeywordBaseline() {}

  /** The number of different keywords in a text, 0 or more. */
  public static double score(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return WORDS.stream().filter(lower::contains).count();
  }
}
