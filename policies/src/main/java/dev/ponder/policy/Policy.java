package dev.ponder.policy;

import dev.ponder.budget.Budget;
import dev.ponder.budget.RateLimit;
import dev.ponder.price.Money;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A rule about who may spend what: one entry of {@code policies}.
 *
 * @param name unique
 * @param appliesTo what it applies to: {@code team}, {@code key}, {@code route}, {@code model},
 *     {@code tier} ({@code llm} or {@code lrm}) or {@code tags.NAME} to the value asked for; empty:
 *     everything
 * @param replaces policies that it stands in for
 * @param budget how much may be spent; absent: any amount
 * @param rate how many requests and tokens a minute; absent: any number
 * @param lrmShare how much of the recent requests reasoning models may answer; absent: all
 * @param pacing whether money that runs ahead of its window makes tiers harder to reach
 * @param atExhaustion what happens to a request that the budget does not cover
 * @param patience how long a request waits for money that running calls hold and may give back; 0
 *     or more
 * @param alertAt the used shares that raise an alert, in percent, 1 and up
 * @param maxEffort the most reasoning effort that is asked for; absent: any
 * @param maxRequestCost the most that one call may be billed; absent: any amount
 * @param capOutput whether the output may be capped below what the caller and the model allow
 * @param onDisconnect what happens to a call whose caller has left
 */
public record Policy(
    String name,
    Map<String, String> appliesTo,
    Set<String> replaces,
    Optional<Budget> budget,
    Optional<RateLimit> rate,
    Optional<ShareLimit> lrmShare,
    Pacing pacing,
    AtExhaustion atExhaustion,
    Duration patience,
    List<Integer> alertAt,
    Optional<Effort> maxEffort,
    Optional<Money> maxRequestCost,
    CapOutput capOutput,
    OnDisconnect onDisconnect) {

  /** How money is spread over its window. */
  public enum Pacing {
    OFF,
    ADAPTIVE
  }

  /** What happens to a request that a budget does not cover, the strictest first. */
  public enum AtExhaustion {
    /** It is refused. */
    REJECT,
    /** Less effort, then a cheaper tier; refused when not even the cheapest is covered. */
    DOWNGRADE,
    /** It goes on, and the budget is overdrawn: a soft budget. */
    WARN
  }

  /** Whether the gateway limits the output of a call. */
  public enum CapOutput {
    /** To what nearly all answers need, when money is tight. */
    AUTO,
    /** Never: the model's own maximum is set aside, or the call is not made. */
    NEVER
  }

  /** What happens to a call whose caller has left. */
  public enum OnDisconnect {
    /** Drain once a reasoning model has begun its visible answer, abort otherwise. */
    AUTO,
    /** Read the answer to its end and throw it away: the bill is then exact. */
    DRAIN,
    /** Close the connection at once. */
    ABORT
  }

  public Policy {
    appliesTo = Collections.unmodifiableMap(new LinkedHashMap<>(appliesTo));
    replaces = Set.copyOf(replaces);
    alertAt = List.copyOf(alertAt);
    if (patience.isNegative()) {
      throw new IllegalArgumentException("patience: " + patience + " (expected: 0 or more)");
    }
    if (alertAt.stream().anyMatch(share -> share < 1)) {
      throw new IllegalArgumentException("alertAt: " + alertAt + " (expected: 1 and up)");
    }
  }

  /** Whether a call is refused, or sent elsewhere, rather than let this budget be overdrawn. */
  public boolean hard() {
    return budget.isPresent() && atExhaustion != AtExhaustion.WARN;
  }
}
