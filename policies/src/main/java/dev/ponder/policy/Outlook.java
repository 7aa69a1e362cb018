package dev.ponder.policy;

import dev.ponder.classify.TokenForecast;
import dev.ponder.classify.TokenForecast.Kind;
import dev.ponder.price.CostEstimator;
import dev.ponder.price.Usage;
import java.util.Optional;

/**
 * What answers to one request will take of each model: the scorer's forecast, corrected by what the
 * model used of late.
 *
 * @param tokens how many tokens answers take, by the probability of a gain
 * @param gain that probability, 0..1
 * @param corrections what was learnt of each model
 */
public record Outlook(TokenForecast tokens, double gain, TokenCorrections corrections) {

  public Outlook {
    if (!(gain >= 0 && gain <= 1)) {
      throw new IllegalArgumentException("gain: " + gain + " (expected: 0..1)");
    }
  }

  /**
   * Medians that the scorer forecasts, for one answer.
   *
   * @param visible tokens that are shown
   * @param hidden tokens that are not; 0 for a model that does not reason
   */
  public record Forecast(long visible, long hidden) {}

  /** What the scorer forecasts of a model, before any correction. */
  public Forecast forecast(Model model, Optional<Effort> effort) {
    if (!model.reasoning()) {
      return new Forecast(tokens.median(Kind.OUTPUT, gain), 0);
    }
    long hidden = tokens.median(Kind.REASONING, gain);
    return new Forecast(
        tokens.median(Kind.VISIBLE_OUTPUT, gain),
        hidden * effort.orElse(Effort.MEDIUM).tokenPercent() / 100);
  }

  /** The hidden tokens to expect of a model for one answer; 0 for one that does not reason. */
  public long hidden(Model model, Optional<Effort> effort) {
    return corrections.of(model.name()).hidden(forecast(model, effort).hidden());
  }

  /** The output that one answer in a hundred exceeds, before any of the model's was seen. */
  public long p99(Model model, Optional<Effort> effort) {
    if (!model.reasoning()) {
      return tokens.p99(Kind.OUTPUT, gain);
    }
    int percent = effort.orElse(Effort.MEDIUM).tokenPercent();
    return tokens.p99(Kind.VISIBLE_OUTPUT, gain)
        + (long) tokens.p99(Kind.REASONING, gain) * percent / 100;
  }

  /**
   * The usage to expect of a model.
   *
   * @param answers how many answers are asked for, 1 or more
   */
  public Usage usage(Question question, Model model, Optional<Effort> effort, int answers) {
    Forecast forecast = forecast(model, effort);
    TokenCorrection correction = corrections.of(model.name());
    return CostEstimator.expected(
        question.inputTokens(),
        question.maxOutputTokens(),
        correction.visible(forecast.visible()),
        correction.hidden(forecast.hidden()),
        answers);
  }
}
