package dev.ponder.gateway.proxy;

import dev.ponder.gateway.proxy.Till.Quote;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Decision;
import dev.ponder.policy.Model;
import dev.ponder.policy.Question;
import dev.ponder.policy.Route;
import dev.ponder.policy.Router;
import dev.ponder.policy.Rung;
import dev.ponder.policy.ShareWindows.Limit;
import dev.ponder.policy.Thresholds;
import dev.ponder.policy.Tier;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What each tier of a route would have cost, and why it was taken or left. */
final class TierLines {

  private final Weighed decided;
  private final Weighed held;
  private final Weighed chosen;
  private final @Nullable Limit limit;

  /**
   * The tiers of one request.
   *
   * @param decided by score and price
   * @param held after what its caller may have reasoned about
   * @param chosen after what there is money for
   * @param limit what held it; null if nothing did
   */
  TierLines(Weighed decided, Weighed held, Weighed chosen, @Nullable Limit limit) {
    this.decided = decided;
    this.held = held;
    this.chosen = chosen;
    this.limit = limit;
  }

  /** One object for each tier, the cheapest first; a single one for a model that was named. */
  JsonArray toJson(Function<Weighed, Quote> quotes) {
    JsonArray all = new JsonArray();
    Route route = decided.target().route().orElse(null);
    int taken = tierOf(chosen);
    for (int i = 0; i < decided.target().tiers().size(); i++) {
      Weighed at = i == taken ? chosen : at(i);
      Quote quote = quotes.apply(at);
      JsonObject line = new JsonObject().put("tier", i);
      line.put("model", at.decision().model().name());
      at.decision().effort().ifPresent(effort -> line.put("effort", effort.wireName()));
      if (route != null) {
        reach(line, route.tiers().get(i), i);
      }
      line.put("estimated_usage", Explanation.usage(at));
      line.put("estimated_cost_usd", at.estimatedCost().toUsd());
      line.put("reserve_usd", quote.want().toUsd());
      if (quote.caps()) {
        line.put("capped", quote.cap());
      }
      Verdict verdict = verdict(i, taken, quote);
      all.add(line.put("verdict", verdict.word()).put("why", verdict.why()));
    }
    return all;
  }

  private void reach(JsonObject line, Tier tier, int number) {
    Thresholds thresholds = decided.thresholds();
    tier.share().ifPresent(share -> line.put("lrm_share", share));
    if (thresholds != null) {
      line.put("threshold", Explanation.rounded(thresholds.least(number)));
      line.put("threshold_now", Explanation.rounded(thresholds.now(number)));
    }
  }

  /** The same request as if it went to this tier. */
  private Weighed at(int tier) {
    Decision decision = decided.decision();
    List<Rung> ladder = decided.target().ladder();
    for (int rung = 0; rung < ladder.size(); rung++) {
      if (ladder.get(rung).tier() == tier) {
        List<Candidate> candidates = decided.target().tiers().get(tier);
        return decided.with(
            new Decision(
                decision.route(),
                decision.routed(),
                candidates,
                ladder.get(rung).effort(),
                decision.score(),
                decision.threshold(),
                decision.reason(),
                decision.baseline(),
                rung));
      }
    }
    return decided; // a model that was named
  }

  private static int tierOf(Weighed weighed) {
    int rung = weighed.decision().rung();
    return rung < 0 ? 0 : weighed.target().ladder().get(rung).tier();
  }

  /** A word for programs, and why in words. */
  private record Verdict(String word, String why) {}

  private Verdict verdict(int tier, int taken, Quote quote) {
    Thresholds thresholds = decided.thresholds();
    Model model = decided.target().tiers().get(tier).get(0).model();
    Question question = decided.question();
    if (tier == taken) {
      return chosen(quote);
    }
    if (!Router.takes(model, question)) {
      return new Verdict("capability", unable(model, question));
    }
    String score = Decimals.of(question.score());
    if (thresholds != null && tier > thresholds.earned(question.score())) {
      String least = Decimals.of(thresholds.least(tier));
      return new Verdict("below_threshold", "the score " + score + " is below " + least);
    }
    if (thresholds != null && tier > thresholds.reached(question.score())) {
      return new Verdict(
          "paced",
          "the score "
              + score
              + " reaches "
              + Decimals.of(thresholds.least(tier))
              + ", but while money is short it takes "
              + Decimals.of(thresholds.now(tier)));
    }
    if (tier < taken) {
      return new Verdict("cheaper", "the score " + score + " reaches a dearer tier");
    }
    if (limit != null && tier > tierOf(held) && model.reasoning()) {
      return new Verdict(
          "lrm_share", "policy " + limit.owner().policy() + ": its share of LRM requests is used");
    }
    if (quote.error() != null) {
      return new Verdict("budget", String.valueOf(quote.error().getMessage()));
    }
    return new Verdict("not_reached", "a cheaper tier was decided on");
  }

  private Verdict chosen(Quote quote) {
    if (quote.error() != null) {
      return new Verdict("refused", String.valueOf(quote.error().getMessage()));
    }
    String why =
        switch (chosen.decision().reason()) {
          case EXPLICIT -> "the request names it, or the route has no other";
          case HINT -> "the caller's hint asks for it";
          case PACED ->
              limit == null ? "dearer tiers are paced" : "the share of LRM requests is used";
          case EXHAUSTED -> "no budget covers a dearer step";
          case CAPABILITY -> "the tier that the score asks for cannot take the request";
          case SCORE, STICKY, FALLBACK, ESCALATED -> "the score asks for it";
        };
    return new Verdict("chosen", why);
  }

  private static String unable(Model model, Question question) {
    if (model.servedBy().stream()
        .noneMatch(d -> question.providers().contains(d.upstream().provider()))) {
      return "the request cannot be said in its API";
    }
    if (!model.capabilities().tools() && question.needsTools()) {
      return "it takes no tools";
    }
    if (!model.capabilities().vision() && question.needsVision()) {
      return "it takes no images";
    }
    boolean tight =
        question.maxOutputTokens() >= 0 && question.maxOutputTokens() < Router.REASONING_ROOM;
    return model.reasoning() && tight
        ? "the output limit leaves no room to think"
        : "the request is too long for it";
  }
}
