package dev.ponder.gateway.proxy;

import dev.ponder.gateway.treasury.Purse;
import dev.ponder.gateway.treasury.Treasury;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.CapChoice;
import dev.ponder.policy.Capabilities;
import dev.ponder.policy.Ceiling;
import dev.ponder.policy.Effort;
import dev.ponder.policy.Model;
import dev.ponder.policy.Outlook;
import dev.ponder.policy.OutputTracker;
import dev.ponder.policy.OutputTrackers;
import dev.ponder.policy.TokenCorrection;
import dev.ponder.policy.Upstream.On5xx;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.util.Optional;

/**
 * What a call may use at most, and what it usually uses.
 *
 * @param model the model called
 * @param effort the reasoning effort to ask for; absent: as the client says
 * @param ceiling the most that it can be billed, by its cap
 * @param asked the caller's own cap; -1 if none
 * @param most the largest cap that makes sense: the caller's, or else what the model can write
 * @param usual a cap that ninety-nine of a hundred such calls stay within
 * @param least the smallest cap that is worth a call
 * @param limited whether money limits it: then {@code ceiling} must hold whatever happens
 * @param plain whether the caller's own cap surely holds
 * @param bounded whether {@code most} holds without a word of ours: the caller or the model sees to
 *     it
 * @param raised whether {@code most} is more room than usual, so that the cap has to be written
 * @param tracker what learns how much such calls write at most
 * @param correction what learns how much the model writes as a rule
 * @param forecast what the scorer forecast of an answer
 * @param on5xx what a server error is billed
 * @param requestBytes the size of the request
 */
record Terms(
    Model model,
    Optional<Effort> effort,
    Ceiling ceiling,
    long asked,
    long most,
    long usual,
    long least,
    boolean limited,
    boolean plain,
    boolean bounded,
    boolean raised,
    OutputTracker tracker,
    TokenCorrection correction,
    Outlook.Forecast forecast,
    On5xx on5xx,
    long requestBytes) {

  /**
   * The terms of a call.
   *
   * @throws ApiError 400 if a hard budget applies and the request asks for what no cap covers
   */
  static Terms of(
      Treasury treasury,
      Purse purse,
      Weighed weighed,
      RequestView view,
      Candidate candidate,
      Optional<Effort> effort) {
    Model model = candidate.model();
    boolean limited = purse.hard() || purse.maxRequestCost().isPresent();
    if (limited) {
      Uncapped.check(view, model);
    }
    Ceiling ceiling = ceiling(view, model);
    Capabilities can = model.capabilities();
    long asked = view.maxOutputTokens();
    long breaker = treasury.brokeCap(model.name()).orElse(0L);
    long max = Math.max(known(can, asked), breaker);
    long most = asked >= 0 && breaker == 0 ? Math.min(asked, max) : max;
    OutputTracker tracker =
        treasury
            .outputs()
            .tracker(
                model,
                OutputTrackers.band(weighed.classifierScore()),
                effort,
                weighed.outlook().p99(model, effort));
    long usual = breaker == 0 ? (long) Math.ceil(tracker.quantile() * 1.1) : max;
    long least = purse.neverCap() || breaker > 0 ? most : Math.min(floor(model, effort), most);
    Weighed.Raise raise = breaker == 0 ? weighed.raise() : null;
    if (raise != null) {
      most = can.maxOutputTokens() > 0 ? Math.min(raise.to(), can.maxOutputTokens()) : raise.to();
      usual = most;
      least = purse.neverCap() ? most : Math.min(2 * raise.from(), most);
    }
    boolean plain = OutputLimit.isPlain(view, model);
    return new Terms(
        model,
        effort,
        ceiling,
        asked,
        most,
        usual,
        least,
        limited,
        plain,
        asked >= 0 ? plain && asked <= max : can.maxOutputTokens() > 0,
        raise != null,
        tracker,
        treasury.corrections().of(model.name()),
        weighed.outlook().forecast(model, effort),
        candidate.deployment().upstream().on5xx(),
        view.length());
  }

  /** The most that the model writes, as far as anybody has said. */
  private static long known(Capabilities can, long asked) {
    if (can.maxOutputTokens() > 0) {
      return can.maxOutputTokens();
    }
    return asked >= 0 ? asked : Capabilities.OUTPUT_TOKENS;
  }

  /**
   * The least room that is worth a call: the harder a model is asked to think, the more. Were it
   * the same for all efforts, less effort would never be affordable where more is not.
   */
  private static long floor(Model model, Optional<Effort> effort) {
    if (!model.reasoning()) {
      return CapChoice.LEAST_TOKENS_PLAIN;
    }
    int percent = effort.orElse(Effort.MEDIUM).tokenPercent();
    long tokens = CapChoice.LEAST_TOKENS_REASONING * percent / 100;
    return Math.max(CapChoice.LEAST_TOKENS_PLAIN, tokens);
  }

  /** A byte of text is a token at most; pictures and files are bounded by what the model takes. */
  private static Ceiling ceiling(RequestView view, Model model) {
    Capabilities can = model.capabilities();
    long input = view.length() + can.overheadTokens() + (long) view.images() * can.maxImageTokens();
    if (can.contextTokens() > 0) {
      input =
          view.files() + view.audios() > 0
              ? can.contextTokens()
              : Math.min(input, can.contextTokens());
    }
    int answers = Math.max(view.n(), view.bestOf());
    long hidden = can.capCoversReasoning() ? 0 : (long) can.maxReasoningTokens() * answers;
    return new Ceiling(
        model.price(),
        view.keepsLong(),
        Math.min(Usage.TOKENS_MAX, input),
        answers,
        hidden + view.predictionBytes());
  }

  /** The cap to ask money for, when this much is there. */
  long wanted(Money room) {
    return CapChoice.wanted(ceiling, room, most, usual, least);
  }

  /** Whether a cap has to be written into the request: only where nothing else sees to it. */
  boolean writes(long cap) {
    return raised || (limited && ceiling.paysForOutput() && (cap < most || !bounded));
  }

  /** Whether the gateway lets the model write less than its caller does. */
  boolean caps(long cap) {
    return writes(cap) && (asked < 0 || cap < asked);
  }

  /** The tokens of an answer that its cap counts. */
  long covered(Usage usage) {
    return model.capabilities().capCoversReasoning()
        ? usage.outputTokens()
        : usage.visibleOutputTokens();
  }

  /** Whether an answer is longer than a cap that was really on the wire. */
  boolean brokenBy(Usage usage, long cap) {
    if (!writes(cap) && !plain) {
      return false;
    }
    long allowed = Math.min(cap, Usage.TOKENS_MAX) * ceiling.answers();
    return covered(usage) > allowed + ceiling.extraOutputTokens();
  }
}
