package dev.ponder.gateway.proxy;

import dev.ponder.gateway.telemetry.Outcome;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Conversation;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Decision;
import dev.ponder.policy.Home;
import dev.ponder.policy.Principal;
import dev.ponder.policy.Router;
import dev.ponder.policy.Stickiness;
import dev.ponder.policy.Thresholds;
import dev.ponder.price.Usage;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One request's conversation: where it is decided to stay, and where it is from then on. */
final class Staying {

  private static final int ID_MAX = 256;

  private final House house;
  private final Affinity.Key key;
  private final boolean bound;
  private final Duration sticky;
  private final @Nullable Home home;

  private Staying(House house, Affinity.Key key, boolean bound, Duration sticky) {
    this.house = house;
    this.key = key;
    this.bound = bound;
    this.sticky = sticky;
    this.home = house.affinity().find(key, house.treasury().now());
  }

  /**
   * The conversation of a request; null if its route does not keep any, or nobody can tell which it
   * is.
   *
   * @param id the value of {@code x-ponder-conversation}; null if there is none
   * @throws ApiError 400 if that is not 1 to 256 visible characters
   */
  static @Nullable Staying of(House house, Draft draft, Principal who, @Nullable String id) {
    if (id != null && !(id.length() <= ID_MAX && id.chars().allMatch(c -> c > 0x20 && c < 0x7f))) {
      throw ApiError.badRequest(
          "x-ponder-conversation",
          "x-ponder-conversation: "
              + id.substring(0, Math.min(80, id.length()))
              + " (expected: 1 to "
              + ID_MAX
              + " visible characters)");
    }
    Duration sticky = draft.target().route().map(route -> route.sticky()).orElse(Duration.ZERO);
    if (sticky.isZero() || !draft.view().dialect().scored()) {
      return null;
    }
    int depthMax = house.configuration().limits().depth();
    Conversation conversation = Conversation.of(draft.view(), depthMax);
    String name = id != null ? "id " + id : conversation.opening();
    if (name.isEmpty()) {
      return null;
    }
    Affinity.Key key = new Affinity.Key(who.key(), draft.target().name(), name);
    return new Staying(house, key, conversation.bound(), sticky);
  }

  /** The request with the decision that its conversation makes of it. */
  Weighed apply(Weighed weighed) {
    Home known = home;
    Thresholds thresholds = weighed.thresholds();
    if (known == null) {
      return weighed;
    }
    Stickiness stickiness =
        new Stickiness(
            weighed.target(),
            weighed.question(),
            thresholds == null ? Thresholds.of(weighed.target().route().orElseThrow()) : thresholds,
            house.classifier()::gainProbability,
            tier -> weighed.expectedCost(tier.model(), tier.effort()).nanos());
    Decision decision = stickiness.decide(weighed.decision(), known, bound);
    return decision.equals(weighed.decision()) ? weighed : weighed.with(decision);
  }

  /** The exchange is over: if it was answered, the conversation is at home there. */
  void over(ExchangeRecord record) {
    Candidate by = record.answeredBy;
    Weighed weighed = record.weighed;
    if (record.outcome != Outcome.SUCCESS || by == null || weighed == null) {
      return;
    }
    Router.Target target = weighed.target();
    int tier = target.ladder().get(weighed.decision().rung()).tier();
    Usage usage = record.usage();
    long input = usage == null ? weighed.question().inputTokens() : usage.inputTokens();
    double score = weighed.decision().score().orElse(0);
    Home before = home;
    if (before != null && before.tier() == tier) {
      score = Math.max(score, before.score());
    }
    Instant until = house.treasury().now().plus(sticky);
    Home next = new Home(tier, by.deployment().name(), score, input);
    house.affinity().remember(key, next, until);
  }
}
