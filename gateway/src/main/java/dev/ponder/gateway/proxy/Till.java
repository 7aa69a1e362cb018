package dev.ponder.gateway.proxy;

import dev.ponder.budget.Account;
import dev.ponder.budget.Balance;
import dev.ponder.budget.Books.Admission;
import dev.ponder.budget.RateMeter;
import dev.ponder.gateway.ledger.CallRecord;
import dev.ponder.gateway.telemetry.BudgetMeters.Action;
import dev.ponder.gateway.treasury.Purse;
import dev.ponder.gateway.treasury.Purses;
import dev.ponder.gateway.treasury.Treasury;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Effort;
import dev.ponder.policy.Policy;
import dev.ponder.policy.Policy.AtExhaustion;
import dev.ponder.policy.Principal;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where an exchange asks for money, once for each call that it makes. */
final class Till {

  private final Treasury treasury;
  private final Purses purses;
  private final int budgetStatus;
  private final Principal principal;
  private final Map<String, String> tags;
  private final String requestId;
  private int attempts;

  // The request's place in this minute's limits
  private List<RateMeter> meters = List.of();
  private long countedTokens;

  /**
   * What came of asking: funds, or why not.
   *
   * @param funds present if it was granted
   * @param refusal present if not
   */
  record Asked(@Nullable Funds funds, @Nullable Refusal refusal) {}

  /**
   * Why there is no money for a call.
   *
   * @param error what the caller is told if nothing else helps
   * @param downgrades whether less effort or a cheaper model may help
   * @param mayClear whether running calls may give back what is missing
   * @param patience how long to wait for that
   * @param policy the policy that refuses; empty if none does
   * @param account whose money is missing; null if it is not for want of money
   * @param least how much is needed at least
   */
  record Refusal(
      ApiError error,
      boolean downgrades,
      boolean mayClear,
      Duration patience,
      String policy,
      @Nullable Account account,
      Money least) {}

  /**
   * What a call would need.
   *
   * @param want what would be set aside
   * @param cap the limit on the output that goes with it, in tokens
   * @param caps whether the gateway would let the model write less than its caller does
   * @param error why it would be refused; null if it would not
   * @param downgrades whether less effort or a cheaper model may help
   */
  record Quote(Money want, long cap, boolean caps, @Nullable ApiError error, boolean downgrades) {}

  /**
   * A till.
   *
   * @param tags the request's own
   * @param budgetStatus the HTTP status of a refusal
   */
  Till(
      Treasury treasury,
      Purses purses,
      int budgetStatus,
      Principal principal,
      Map<String, String> tags,
      String requestId) {
    this.treasury = treasury;
    this.purses = purses;
    this.budgetStatus = budgetStatus;
    this.principal = principal;
    this.tags = tags;
    this.requestId = requestId;
  }

  /**
   * Counts the request, once, against the limits of this minute.
   *
   * @throws ApiError 429 if it is one too many
   */
  void countMinute(Weighed weighed) {
    Purse purse = purse(weighed, weighed.decision().candidates().get(0));
    if (purse.rates().isEmpty()) {
      return;
    }
    long tokens = weighed.estimate().inputTokens() + weighed.estimate().outputTokens();
    long seconds = treasury.admit(purse.rates(), tokens);
    if (seconds > 0) {
      throw ApiError.rateLimited(seconds);
    }
    meters = purse.rates();
    countedTokens = tokens;
  }

  /**
   * The tokens are known: those that were not used are given back. Without usage none are, unless
   * nothing was sent.
   */
  void correctMinute(@Nullable Usage usage, boolean sent) {
    if (usage == null && !sent) {
      meters.forEach(meter -> meter.correct(-countedTokens));
    } else if (usage != null) {
      long difference = usage.inputTokens() + usage.outputTokens() - countedTokens;
      meters.forEach(meter -> meter.correct(difference));
    }
  }

  /** The purse for calls of a candidate's model. */
  Purse purse(Weighed weighed, Candidate candidate) {
    return purses.of(principal, tags, weighed.routeName(), candidate.model());
  }

  /**
   * Asks for the money for a call.
   *
   * @throws ApiError 400 if the request asks for what a hard budget cannot cover
   */
  Asked ask(Weighed weighed, RequestView view, Candidate candidate) {
    Purse purse = purse(weighed, candidate);
    Optional<Effort> effort = Dial.effort(weighed, view, candidate, purse.maxEffort());
    Terms terms = Terms.of(treasury, purse, weighed, view, candidate, effort);
    if (purse.charges() && !treasury.ledger().accepts()) {
      return refused(ApiError.ledgerUnavailable(), false, "");
    }
    Instant now = treasury.now();
    boolean hard = terms.limited();
    long cap = hard ? terms.wanted(room(purse, now)) : terms.most();
    Money want = terms.ceiling().of(cap);
    Money least = terms.ceiling().of(Math.min(cap, terms.least()));
    Money limit = purse.maxRequestCost().orElse(want);
    if (least.compareTo(limit) > 0) {
      return tooDear(purse, limit, least);
    }
    if (want.compareTo(limit) > 0) {
      want = limit;
      cap = Math.min(cap, terms.ceiling().capFor(limit));
    }
    Money expected = weighed.expectedCost(candidate.model(), effort);
    Admission admission = treasury.books().reserve(purse.accounts(), want, least, expected, now);
    if (admission.reservation().isEmpty()) {
      Account account = admission.refusedBy().orElseThrow();
      return new Asked(null, exhausted(purse, account, admission.mayClear(), least, now));
    }
    var reservation = admission.reservation().get();
    if (hard && reservation.amount().compareTo(terms.ceiling().of(cap)) < 0) {
      cap = Math.min(cap, terms.ceiling().capFor(reservation.amount()));
    }
    attempts++;
    CallRecord call =
        new CallRecord(
            now.toEpochMilli(),
            requestId,
            attempts,
            principal.key(),
            principal.team(),
            weighed.decision().route(),
            candidate.model().name(),
            candidate.deployment().name(),
            terms.writes(cap) ? cap : -1);
    return new Asked(new Funds(treasury, purse, reservation, call, terms, cap, expected), null);
  }

  /** What a call would need just now, and whether it is there: nothing is set aside. */
  Quote quote(Weighed weighed, RequestView view, Candidate candidate) {
    Purse purse = purse(weighed, candidate);
    Terms terms;
    try {
      Optional<Effort> effort = Dial.effort(weighed, view, candidate, purse.maxEffort());
      terms = Terms.of(treasury, purse, weighed, view, candidate, effort);
    } catch (ApiError notCovered) {
      return new Quote(Money.ZERO, -1, false, notCovered, false);
    }
    Instant now = treasury.now();
    long cap = terms.limited() ? terms.wanted(room(purse, now)) : terms.most();
    Money least = terms.ceiling().of(Math.min(cap, terms.least()));
    Money want = terms.ceiling().of(cap);
    Money limit = purse.maxRequestCost().orElse(want);
    Refusal refusal = null;
    if (least.compareTo(limit) > 0) {
      refusal = tooDear(purse, limit, least).refusal();
    } else if (want.compareTo(limit) > 0) {
      want = limit;
      cap = Math.min(cap, terms.ceiling().capFor(limit));
    }
    for (Account account : purse.accounts()) {
      boolean isShort = room(List.of(account), now).compareTo(least) < 0;
      refusal = refusal == null && isShort ? exhausted(purse, account, true, least, now) : refusal;
    }
    boolean caps = terms.limited() && terms.caps(cap);
    return refusal == null
        ? new Quote(want, cap, caps, null, false)
        : new Quote(want, cap, caps, refusal.error(), refusal.downgrades());
  }

  /** The money for one more call of an exchange, if it is there: nobody waits for it. */
  @Nullable Funds spare(Weighed weighed, RequestView view, Candidate candidate) {
    try {
      Funds funds = ask(weighed, view, candidate).funds();
      if (funds != null) {
        granted(funds);
      }
      return funds;
    } catch (ApiError notCovered) {
      return null;
    }
  }

  /** Whether the caller may have one more answer of this model, by its share of reasoning ones. */
  boolean letsReason(Weighed weighed) {
    return new ShareGuard(treasury, purses, principal, tags).admit(weighed).equals(weighed);
  }

  /** Whether it is in vain to ask again now: what was missing is missing still. */
  boolean stillShort(Refusal refusal) {
    Account account = refusal.account();
    return account != null
        && treasury.books().room(List.of(account), treasury.now()).compareTo(refusal.least()) < 0;
  }

  /** What is left in the tightest budget of a purse; absent without a budget. */
  Optional<Money> remaining(Purse purse) {
    List<Account> accounts = purse.accounts();
    if (accounts.isEmpty()) {
      return Optional.empty();
    }
    Instant now = treasury.now();
    Money least = treasury.books().balance(accounts.get(0), now).available();
    for (int i = 1; i < accounts.size(); i++) {
      Money next = treasury.books().balance(accounts.get(i), now).available();
      least = next.compareTo(least) < 0 ? next : least;
    }
    return Optional.of(least);
  }

  private Money room(Purse purse, Instant now) {
    return room(purse.accounts(), now);
  }

  private Money room(List<Account> accounts, Instant now) {
    return treasury.books().room(accounts, now);
  }

  private Asked tooDear(Purse purse, Money limit, Money least) {
    Policy policy =
        purse.policies().stream()
            .filter(p -> p.maxRequestCost().equals(Optional.of(limit)))
            .findFirst()
            .orElseThrow();
    return refused(
        ApiError.tooExpensive(policy.name(), limit.toUsd(), least.toUsd()),
        policy.atExhaustion() != AtExhaustion.REJECT,
        policy.name());
  }

  private Refusal exhausted(
      Purse purse, Account account, boolean mayClear, Money least, Instant now) {
    Policy policy = purse.policyOf(account);
    Balance balance = treasury.books().balance(account, now);
    ApiError error =
        ApiError.budgetExhausted(budgetStatus, policy.name(), balance.period().end().toString());
    return new Refusal(
        error,
        policy.atExhaustion() == AtExhaustion.DOWNGRADE,
        mayClear,
        policy.patience(),
        policy.name(),
        account,
        least);
  }

  private static Asked refused(ApiError error, boolean downgrades, String policy) {
    return new Asked(
        null, new Refusal(error, downgrades, false, Duration.ZERO, policy, null, Money.ZERO));
  }

  /** Counts what the budgets of a call did. */
  void granted(Funds funds) {
    for (Account account : funds.purse().accounts()) {
      String policy = account.key().policy();
      boolean soft = !funds.purse().policyOf(account).hard();
      boolean overdrawn = soft && treasury.overdrawn(account);
      treasury.meters().acted(policy, overdrawn ? Action.WARN : Action.ALLOW);
      if (funds.injectedCap() >= 0) {
        treasury.meters().acted(policy, Action.CAP);
      }
    }
    if (funds.injectedCap() >= 0) {
      treasury.meters().capped(funds.model().name());
    }
  }

  /** Counts how long it took to ask, and the wait before. */
  void asked(long nanos, long waitedNanos) {
    treasury.meters().asked(nanos, waitedNanos);
  }

  /** Counts what a budget did. */
  void acted(String policy, Action action) {
    if (!policy.isEmpty()) {
      treasury.meters().acted(policy, action);
    }
  }
}
