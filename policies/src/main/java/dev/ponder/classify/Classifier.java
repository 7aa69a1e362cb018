package dev.ponder.classify;

import java.util.List;

/**
 * Something that tells how likely it is that a cheap model fails and a reasoning model succeeds.
 * Pure: the same features always give the same score.
 */
public interface Classifier {

  /** The name that logs and metrics show. */
  String name();

  /**
   * The score, 0 to 1: the probability that a cheap model fails and a reasoning model succeeds, on
   * traffic so mixed that 0.5 is the point from which on reasoning pays. So a threshold means the
   * same whatever is learnt later about how common hard prompts are.
   */
  double score(PromptFeatures features);

  /**
   * The probability, 0 to 1, that a cheap model fails and a reasoning model succeeds on ordinary
   * traffic, most of which needs no reasoning: the score with that base rate put back in.
   */
  double gainProbability(double score);

  /** The score that {@link #gainProbability} takes to this probability. */
  double scoreOfGain(double probability);

  /** The signals that moved the score most, strongest first; at most so many. */
  List<Signal> explain(PromptFeatures features, int most);

  /** How many hidden tokens a reasoning model is expected to spend, by score; 0 or more. */
  int expectedReasoningTokens(PromptFeatures features, double score);

  /** How many tokens answers take, by {@link #gainProbability}. */
  TokenForecast tokens();

  /** The score from which on reasoning pays on ordinary traffic, 0 to 1. */
  double shippedThreshold();
}
