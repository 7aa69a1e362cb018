package dev.ponder.gateway.treasury;

import dev.ponder.budget.Account;
import dev.ponder.budget.RateMeter;
import dev.ponder.policy.Effort;
import dev.ponder.policy.Policy;
import dev.ponder.policy.Policy.CapOutput;
import dev.ponder.policy.Policy.OnDisconnect;
import dev.ponder.policy.ShareWindows;
import dev.ponder.price.Money;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What pays for the calls of one caller to one model: the policies that apply, their accounts, and
 * the strictest of what they say. Immutable but for the accounts, which are shared.
 */
public final class Purse {

  private final List<Policy> policies;
  private final List<Account> accounts;
  private final List<PacedAccount> paced;
  private final List<RateMeter> rates;
  private final List<ShareWindows.Limit> shareLimits;
  private final Map<Account, Policy> policyOf = new HashMap<>();
  private final boolean hard;
  private final boolean neverCap;
  private final OnDisconnect onDisconnect;
  private final Optional<Effort> maxEffort;
  private final Optional<Money> maxRequestCost;

  /** One policy with what it holds for this caller. */
  record Part(
      Policy policy,
      Optional<Account> account,
      Optional<PacedAccount> paced,
      Optional<RateMeter> rate,
      Optional<ShareWindows.Limit> shareLimit) {}

  /** Those who reject come first: of several that refuse a call, the strictest answers. */
  Purse(List<Part> parts) {
    List<Part> ordered = new ArrayList<>(parts);
    ordered.sort((a, b) -> a.policy().atExhaustion().compareTo(b.policy().atExhaustion()));
    policies = ordered.stream().map(Part::policy).toList();
    accounts = ordered.stream().flatMap(part -> part.account().stream()).toList();
    paced = ordered.stream().flatMap(part -> part.paced().stream()).toList();
    rates = ordered.stream().flatMap(part -> part.rate().stream()).toList();
    shareLimits = ordered.stream().flatMap(part -> part.shareLimit().stream()).toList();
    for (Part part : ordered) {
      part.account().ifPresent(account -> policyOf.put(account, part.policy()));
    }
    hard = policies.stream().anyMatch(Policy::hard);
    neverCap = policies.stream().anyMatch(p -> p.capOutput() == CapOutput.NEVER);
    onDisconnect =
        parts.stream()
            .map(part -> part.policy().onDisconnect())
            .filter(wish -> wish != OnDisconnect.AUTO)
            .findFirst()
            .orElse(OnDisconnect.AUTO);
    maxEffort = policies.stream().flatMap(p -> p.maxEffort().stream()).min(Effort::compareTo);
    maxRequestCost =
        policies.stream().flatMap(p -> p.maxRequestCost().stream()).min(Money::compareTo);
  }

  /** The policies that apply. */
  public List<Policy> policies() {
    return policies;
  }

  /** What a call is charged to, all or none. */
  public List<Account> accounts() {
    return accounts;
  }

  /** The accounts that are paced. */
  public List<PacedAccount> paced() {
    return paced;
  }

  /** What counts requests and tokens by the minute. */
  public List<RateMeter> rates() {
    return rates;
  }

  /** How much of its recent requests whoever pays may have reasoned about. */
  public List<ShareWindows.Limit> shareLimits() {
    return shareLimits;
  }

  /** The policy whose account it is. */
  public Policy policyOf(Account account) {
    Policy policy = policyOf.get(account);
    if (policy == null) {
      throw new IllegalArgumentException(
          "account: " + account.key() + " (expected: one of this purse)");
    }
    return policy;
  }

  /** Whether calls are charged to any budget. */
  public boolean charges() {
    return !accounts.isEmpty();
  }

  /** Whether any of its budgets must not be overdrawn. */
  public boolean hard() {
    return hard;
  }

  /** Whether the output must not be capped for money's sake. */
  public boolean neverCap() {
    return neverCap;
  }

  /** What happens to a call whose caller has left: the first policy that says so decides. */
  public OnDisconnect onDisconnect() {
    return onDisconnect;
  }

  /** The most effort that may be asked for. */
  public Optional<Effort> maxEffort() {
    return maxEffort;
  }

  /** The most that one call may be billed. */
  public Optional<Money> maxRequestCost() {
    return maxRequestCost;
  }
}
