package dev.ponder.policy;

import java.util.Locale;

/** Why a model was chosen: one word for the response header, the metric label and the log. */
public enum Reason {
  /** The request named a model or a deployment. */
  EXPLICIT,
  /** The classifier's score decided. */
  SCORE,
  /** The caller's hint decided. */
  HINT,
  /** The conversation stays with its model. */
  STICKY,
  /** Money runs ahead of its window. */
  PACED,
  /** A budget is used up. */
  EXHAUSTED,
  /** The tier that the score asked for cannot take this request. */
  CAPABILITY,
  /** The model that was chosen first did not answer. */
  FALLBACK,
  /** A cheaper tier was asked first, and its answer would not do. */
  ESCALATED;

  private final String label = name().toLowerCase(Locale.ROOT);

  public String label() {
    return label;
  }
}
