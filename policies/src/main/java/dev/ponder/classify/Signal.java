package dev.ponder.classify;

/**
 * One reason for a score, in words.
 *
 * @param name what was seen, in words such as {@code numbered rules}
 * @param weight how far it moved the score's log-odds; negative: towards the cheap model
 */
public record Signal(String name, double weight) {

  /** How far it moved the score, whichever way. */
  double strength() {
    return Math.abs(weight);
  }
}
