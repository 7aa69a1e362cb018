package dev.ponder.gateway.treasury;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ponder.budget.Account;
import dev.ponder.budget.AccountKey;
import dev.ponder.budget.Budget;
import dev.ponder.policy.Model;
import dev.ponder.policy.Policy;
import dev.ponder.policy.PolicySet;
import dev.ponder.policy.Principal;
import dev.ponder.policy.ShareWindows.Limit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The purses of a configuration, by caller, route and model. Safe for many threads. */
public final class Purses {

  private static final Purse EMPTY = new Purse(List.of());

  /** Callers times models may be many; a purse is put together in microseconds. */
  private static final long CACHED_MAX = 10_000;

  private final Treasury treasury;
  private final PolicySet policies;
  private final boolean paces;
  private final Cache<Who, Purse> cache = Caffeine.newBuilder().maximumSize(CACHED_MAX).build();

  /** A caller by the name of its key, which is unique in a configuration. */
  private record Who(String key, String route, String model) {}

  /** Purses for these policies, with the accounts of the treasury. */
  public Purses(Treasury treasury, PolicySet policies) {
    this.treasury = treasury;
    this.policies = policies;
    this.paces = policies.all().stream().anyMatch(p -> p.pacing() == Policy.Pacing.ADAPTIVE);
  }

  /** Makes these policies the ones that count: for accounts that are there, too. */
  public void apply() {
    treasury.configure(policies);
    open(policies);
  }

  /**
   * Shared budgets have their account from the start, so that they are seen before they are used.
   */
  private void open(PolicySet set) {
    for (Policy policy : set.all()) {
      policy
          .budget()
          .filter(budget -> budget.each() == Budget.Each.ALL)
          .ifPresent(budget -> part(policy, Principal.ANONYMOUS));
    }
  }

  /** Whether there is any policy at all. */
  public boolean empty() {
    return policies.all().isEmpty();
  }

  /** Whether any of them paces its budget. */
  public boolean paces() {
    return paces;
  }

  /**
   * The purse for a call.
   *
   * @param tags those of the request; the key's own win over them
   * @param route the route asked for; empty if a model was named
   */
  public Purse of(Principal who, Map<String, String> tags, String route, Model model) {
    if (empty()) {
      return EMPTY;
    }
    if (!tags.isEmpty()) { // a caller may send any number of different ones
      return make(who, policies.applying(who, all(who, tags), route, model));
    }
    return cache.get(
        new Who(who.key(), route, model.name()),
        missing -> make(who, policies.applying(who, who.tags(), route, model)));
  }

  /** The purse for a call of which nothing is known but who makes it. */
  public Purse of(Principal who, Map<String, String> tags) {
    if (empty()) {
      return EMPTY;
    }
    if (!tags.isEmpty()) {
      return make(who, policies.applying(who, all(who, tags)));
    }
    return cache.get(
        new Who(who.key(), "", ""), missing -> make(who, policies.applying(who, who.tags())));
  }

  private static Map<String, String> all(Principal who, Map<String, String> tags) {
    Map<String, String> all = new HashMap<>(tags);
    all.putAll(who.tags());
    return all;
  }

  private Purse make(Principal who, List<Policy> applying) {
    return new Purse(applying.stream().map(policy -> part(policy, who)).toList());
  }

  private Purse.Part part(Policy policy, Principal who) {
    Optional<Account> account =
        policy.budget().map(budget -> treasury.account(key(policy, budget.each(), who), policy));
    Optional<PacedAccount> paced =
        policy.pacing() == Policy.Pacing.ADAPTIVE
            ? account.map(a -> treasury.paced(a, policy.budget().orElseThrow()))
            : Optional.empty();
    return new Purse.Part(
        policy,
        account,
        paced,
        policy.rate().map(rate -> treasury.rate(key(policy, rate.each(), who), rate)),
        policy.lrmShare().map(l -> new Limit(key(policy, l.each(), who), l.requests())));
  }

  private static AccountKey key(Policy policy, Budget.Each each, Principal who) {
    String owner =
        switch (each) {
          case ALL -> "";
          case TEAM -> who.team();
          case KEY -> who.key();
        };
    return new AccountKey(policy.name(), each, owner);
  }
}
