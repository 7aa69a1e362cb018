package dev.ponder.gateway.proxy;

import dev.ponder.budget.Account;
import dev.ponder.budget.Balance;
import dev.ponder.budget.RateMeter;
import dev.ponder.gateway.telemetry.BudgetMeters.Action;
import dev.ponder.gateway.treasury.Purse;
import dev.ponder.gateway.treasury.Treasury;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.policy.Policy;
import dev.ponder.policy.Policy.AtExhaustion;
import dev.ponder.price.Usage;
import java.time.Instant;

/**
 * What budgets have to say to a request that goes through unread. Its price is not known, so that
 * nothing can be set aside or posted for it. But who has nothing left in a hard budget buys nothing
 * that way either: neither once a budget that rejects has turned a call away for good. And each
 * such request counts against limits by the minute.
 */
final class Fare {

  private final Treasury treasury;
  private final Purse purse;
  private final int budgetStatus;
  private boolean waited;

  /**
   * The fare of one request.
   *
   * @param purse what its caller would pay with
   * @param budgetStatus the HTTP status of a refusal
   */
  Fare(Treasury treasury, Purse purse, int budgetStatus) {
    this.treasury = treasury;
    this.purse = purse;
    this.budgetStatus = budgetStatus;
  }

  /**
   * Counts the request, once, against the limits of this minute.
   *
   * @throws ApiError 429 if it is one too many
   */
  void countMinute() {
    long seconds = treasury.admit(purse.rates(), 0);
    if (seconds > 0) {
      throw ApiError.rateLimited(seconds);
    }
  }

  /** Tokens were used after all. */
  void used(Usage usage) {
    long tokens = usage.inputTokens() + usage.outputTokens();
    for (RateMeter meter : purse.rates()) {
      meter.correct(tokens);
    }
  }

  /**
   * Whether it may go ahead; if not, running calls may yet give back what is missing.
   *
   * @param waitedNanos for how long it has waited
   * @throws ApiError if there is nothing left, and nothing to wait for
   */
  boolean paid(long waitedNanos) {
    Instant now = treasury.now();
    for (Account account : purse.accounts()) {
      Policy policy = purse.policyOf(account);
      if (!policy.hard()) {
        continue;
      }
      Balance balance = treasury.books().balance(account, now);
      boolean refuses = policy.atExhaustion() == AtExhaustion.REJECT;
      boolean exhausted = refuses && balance.exhaustedAt().isPresent();
      if (exhausted || balance.available().nanos() <= 0) {
        boolean held = balance.available().plus(balance.pending()).nanos() > 0;
        if (!exhausted && held && waitedNanos < policy.patience().toNanos()) {
          wait(policy);
          return false;
        }
        treasury.meters().acted(policy.name(), Action.DENY);
        throw ApiError.budgetExhausted(
            budgetStatus, policy.name(), balance.period().end().toString());
      }
    }
    for (Account account : purse.accounts()) {
      boolean overdrawn = treasury.overdrawn(account);
      String policy = account.key().policy();
      treasury.meters().acted(policy, overdrawn ? Action.WARN : Action.ALLOW);
    }
    return true;
  }

  private void wait(Policy policy) {
    if (!waited) {
      waited = true;
      treasury.meters().acted(policy.name(), Action.WAIT);
    }
  }
}
