package dev.ponder.gateway.proxy;

import dev.ponder.classify.Classifier;
import dev.ponder.gateway.treasury.PacedAccount;
import dev.ponder.gateway.treasury.Purse;
import dev.ponder.gateway.treasury.Purses;
import dev.ponder.policy.Model;
import dev.ponder.policy.Outlook;
import dev.ponder.policy.Principal;
import dev.ponder.policy.Question;
import dev.ponder.policy.Route;
import dev.ponder.policy.Router;
import dev.ponder.policy.Thresholds;
import dev.ponder.policy.Tier;
import dev.ponder.price.Money;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What the price of money does to a route: a tier is reached when the probability that it helps is
 * worth what it costs more, at the sum of the shadow prices of all budgets that pay for it.
 */
final class Pacing {

  private static final double NANOS_PER_USD = 1e9;

  private final Purses purses;
  private final Classifier classifier;
  private final Principal principal;
  private final Map<String, String> tags;
  private final Instant now;

  /** The pacing of one request at this time. */
  Pacing(
      Purses purses,
      Classifier classifier,
      Principal principal,
      Map<String, String> tags,
      Instant now) {
    this.purses = purses;
    this.classifier = classifier;
    this.principal = principal;
    this.tags = tags;
    this.now = now;
  }

  /** Makes tiers harder to reach by what money costs just now. */
  void raise(Thresholds thresholds, Route route, Question question, Outlook outlook, int answers) {
    if (!purses.paces()) {
      return;
    }
    Money cheapest = expected(route.tiers().get(0), question, outlook, answers);
    for (int i = 1; i < thresholds.tiers(); i++) {
      Tier tier = route.tiers().get(i);
      double price = shadowPrice(route, tier.model());
      if (price > 0) {
        Money own = expected(tier, question, outlook, answers);
        double extra = Math.max(0, own.nanos() - cheapest.nanos()) / NANOS_PER_USD;
        double gain = Math.min(1, price * extra);
        thresholds.raise(i, classifier.scoreOfGain(gain));
      }
    }
  }

  private double shadowPrice(Route route, Model model) {
    double sum = 0;
    for (PacedAccount account : purse(route, model).paced()) {
      sum += account.shadowPrice(now);
    }
    return sum;
  }

  private Purse purse(Route route, Model model) {
    return purses.of(principal, tags, route.name(), model);
  }

  /**
   * Tells the pacers of a request: what reasoning could gain, and what it would cost more. A
   * request that no dearer tier would take counts with what it costs anyway.
   */
  void arrived(Weighed weighed) {
    if (!purses.paces()) {
      return;
    }
    Optional<Route> route = weighed.target().route();
    Thresholds thresholds = weighed.thresholds();
    if (route.isEmpty() || thresholds == null) {
      Purse purse = purses.of(principal, tags, weighed.routeName(), weighed.decision().model());
      for (PacedAccount account : purse.paced()) {
        account.pacer().arrived(now, 0, Money.ZERO, weighed.estimatedCost());
      }
      return;
    }
    arrived(weighed, route.get(), thresholds);
  }

  private void arrived(Weighed weighed, Route route, Thresholds thresholds) {
    Question question = weighed.question();
    int wanted = 0;
    for (int i = 1; i < thresholds.tiers(); i++) {
      if (question.score() >= thresholds.least(i)
          && Router.takes(route.tiers().get(i).model(), question)) {
        wanted = i;
      }
    }
    double gain = wanted == 0 ? 0 : classifier.gainProbability(question.score());
    Tier dearer = route.tiers().get(Math.max(1, wanted));
    Tier cheapest = route.tiers().get(0);
    Money own = expected(dearer, question, weighed.outlook(), weighed.answers());
    Money base = expected(cheapest, question, weighed.outlook(), weighed.answers());
    Purse alsoPays = purse(route, cheapest.model());
    for (PacedAccount account : purse(route, dearer.model()).paced()) {
      Money paidAnyway = alsoPays.paced().contains(account) ? base : Money.ZERO;
      long extra = Math.max(0, own.nanos() - paidAnyway.nanos());
      account.pacer().arrived(now, gain, Money.ofNanos(extra), paidAnyway);
    }
  }

  private static Money expected(Tier tier, Question question, Outlook outlook, int answers) {
    return tier.model().price().of(outlook.usage(question, tier.model(), tier.effort(), answers));
  }
}
