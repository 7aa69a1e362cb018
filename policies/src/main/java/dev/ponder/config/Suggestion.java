package dev.ponder.config;

import java.util.Collection;
import java.util.Locale;

/** Guesses which known word somebody meant. */
final class Suggestion {

  /** No word of ours is longer; it bounds the work that a guess takes. */
  private static final int WORD_MAX = 64;

  private Suggestion() {}

  /**
   * The end of a message about an unknown word: {@code (did you mean price?)}, or all that is known
   * when nothing comes near.
   */
  static String hint(String word, Collection<String> known) {
    String best = "";
    int least = 1 + Math.max(1, Math.min(word.length(), WORD_MAX) / 3);
    for (String candidate : known) {
      int distance = distance(word, candidate, least);
      if (distance < least) {
        least = distance;
        best = candidate;
      }
    }
    if (!best.isEmpty()) {
      return "(did you mean " + best + "?)";
    }
    return known.isEmpty() ? "(there are none)" : "(expected: " + some(known) + ")";
  }

  private static String some(Collection<String> known) {
    int max = 20;
    String list = String.join(", ", known.stream().limit(max).toList());
    return known.size() > max ? list + ", ..." : list;
  }

  /**
   * How many letters must be inserted, removed, replaced or swapped with their neighbour to make
   * one word of the other, case aside; {@code enough} if it is at least that many.
   */
  static int distance(String one, String other, int enough) {
    if (Math.abs(one.length() - other.length()) >= enough || one.length() > WORD_MAX) {
      return enough;
    }
    String a = one.toLowerCase(Locale.ROOT);
    String b = other.toLowerCase(Locale.ROOT);
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        cost[i][j] = i == 0 || j == 0 ? i + j : step(cost, a, b, i, j);
      }
    }
    return Math.min(enough, cost[a.length()][b.length()]);
  }

  private static int step(int[][] cost, String a, String b, int i, int j) {
    boolean same = a.charAt(i - 1) == b.charAt(j - 1);
    int least = Math.min(cost[i - 1][j], cost[i][j - 1]) + 1;
    least = Math.min(least, cost[i - 1][j - 1] + (same ? 0 : 1));
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
  }
}
