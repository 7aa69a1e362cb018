package dev.ponder.policy;

import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToLongFunction;

/**
 * Whether a conversation stays with its model while its prompt cache is warm. Pure.
 *
 * <p>Who leaves a model has its history read anew by another one, at the full price of input. What
 * that loses is the number of tokens in the cache times the difference of the two prices:
 *
 * <pre>
 * lost = min(history, input) × (price.input − price.cached_input)     of the model left
 * </pre>
 *
 * <p>A tier's threshold says which probability of a gain is worth its extra cost. If the extra cost
 * is higher by what is lost, so is the gain that it takes to move up, in proportion:
 *
 * <pre>
 * gain(score) ≥ gain(threshold) × (extra + lost) / extra              extra: dearer − home
 * </pre>
 *
 * <p>And by as much it takes less to stay than it took to come. For staying, the score counts that
 * brought the conversation there, if it is the higher one: "and with seven?" says little of how
 * hard it is. So a conversation goes down only where money has become dearer since:
 *
 * <pre>
 * gain(highest score) &lt; gain(threshold) × (extra − lost) / extra      extra: home − cheapest
 * </pre>
 */
public final class Stickiness {

  private final Router.Target target;
  private final Question question;
  private final Thresholds thresholds;
  private final DoubleUnaryOperator gain;
  private final ToLongFunction<Tier> cost;

  /**
   * For one request.
   *
   * @param thresholds the score that reaches each tier just now
   * @param gain the probability of a gain, by the score; rising
   * @param cost what an answer of a tier is expected to cost with nothing cached, in nano-dollars
   */
  public Stickiness(
      Router.Target target,
      Question question,
      Thresholds thresholds,
      DoubleUnaryOperator gain,
      ToLongFunction<Tier> cost) {
    this.target = target;
    this.question = question;
    this.thresholds = thresholds;
    this.gain = gain;
    this.cost = cost;
  }

  /**
   * The decision about a request of a conversation that has a home.
   *
   * @param present the decision without it
   * @param bound whether another model could not go on with it: tools are being called, or the
   *     history holds thoughts that only their author can read
   */
  public Decision decide(Decision present, Home home, boolean bound) {
    Optional<Integer> at = tierOf(home);
    if (at.isEmpty()) {
      return present;
    }
    int tier = at.get();
    int there = target.ladder().get(present.rung()).tier();
    if (there == tier || present.model().equals(model(tier))) {
      return first(present, home, bound);
    }
    if (!Router.takes(model(tier), question)) {
      return present;
    }
    boolean stays = bound;
    if (!bound && !question.hinted()) {
      stays = there > tier ? !up(tier, there, home) : keeps(tier, home);
    }
    return stays ? first(stay(present, tier), home, bound) : present;
  }

  /** What is paid anew when a history leaves a model that has it cached. */
  public static Money lost(ModelPrice price, long tokens) {
    Usage read = Usage.of(tokens, 0);
    Usage cached = new Usage(tokens, tokens, 0, 0, 0);
    long nanos = price.of(read).nanos() - price.of(cached).nanos();
    return Money.ofNanos(Math.max(0, nanos));
  }

  private boolean up(int tier, int there, Home home) {
    long extra = cost(there) - cost(tier);
    double needed = gain.applyAsDouble(thresholds.now(there));
    if (extra > 0) {
      needed *= (double) (extra + lost(tier, home)) / extra;
    }
    return gain.applyAsDouble(question.score()) >= Math.min(1, needed);
  }

  private boolean keeps(int tier, Home home) {
    long extra = cost(tier) - cost(0);
    if (extra <= 0) {
      return true;
    }
    double share = (double) Math.max(0, extra - lost(tier, home)) / extra;
    double needed = gain.applyAsDouble(thresholds.now(tier)) * share;
    double highest = Math.max(question.score(), home.score());
    return gain.applyAsDouble(highest) >= needed;
  }

  private long cost(int tier) {
    return cost.applyAsLong(target.route().orElseThrow().tiers().get(tier));
  }

  private long lost(int tier, Home home) {
    long tokens = Math.min(home.inputTokens(), question.inputTokens());
    return lost(model(tier).price(), tokens).nanos();
  }

  private Model model(int tier) {
    return target.tiers().get(tier).get(0).model();
  }

  /** Where the home's model is now: a reload may have moved it. */
  private Optional<Integer> tierOf(Home home) {
    List<List<Candidate>> tiers = target.tiers();
    if (home.tier() < tiers.size() && answers(tiers.get(home.tier()), home)) {
      return Optional.of(home.tier());
    }
    for (int i = 0; i < tiers.size(); i++) {
      if (answers(tiers.get(i), home)) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }

  private static boolean answers(List<Candidate> candidates, Home home) {
    return candidates.stream().anyMatch(c -> c.deployment().name().equals(home.deployment()));
  }

  private Decision stay(Decision present, int tier) {
    int rung = 0;
    while (target.ladder().get(rung).tier() != tier) {
      rung++;
    }
    return new Decision(
        present.route(),
        true,
        Router.able(target.tiers().get(tier), question),
        target.ladder().get(rung).effort(),
        present.score(),
        present.threshold(),
        Reason.STICKY,
        present.baseline(),
        rung);
  }

  /**
   * The same with the home's deployment first: a cache, and who wrote a thought, is of one place. A
   * fallback comes first only for those who could not go on elsewhere.
   */
  private static Decision first(Decision decision, Home home, boolean bound) {
    List<Candidate> candidates = new ArrayList<>(decision.candidates());
    for (int i = 1; i < candidates.size(); i++) {
      Candidate one = candidates.get(i);
      if (one.deployment().name().equals(home.deployment()) && (bound || !one.fallback())) {
        candidates.add(0, candidates.remove(i));
        return new Decision(
            decision.route(),
            decision.routed(),
            candidates,
            decision.effort(),
            decision.score(),
            decision.threshold(),
            decision.reason(),
            decision.baseline(),
            decision.rung());
      }
    }
    return decision;
  }
}
