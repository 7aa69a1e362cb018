package dev.ponder.gateway.treasury;

import dev.ponder.budget.Account;
import dev.ponder.budget.AccountKey;
import dev.ponder.budget.Balance;
import dev.ponder.budget.Books;
import dev.ponder.budget.Budget;
import dev.ponder.budget.RateLimit;
import dev.ponder.budget.RateMeter;
import dev.ponder.budget.RateMeters;
import dev.ponder.gateway.ledger.Ledger;
import dev.ponder.gateway.telemetry.BudgetMeters;
import dev.ponder.pacing.Pacer;
import dev.ponder.policy.OutputTrackers;
import dev.ponder.policy.Policy;
import dev.ponder.policy.PolicySet;
import dev.ponder.policy.ShareWindows;
import dev.ponder.policy.TokenCorrections;
import dev.ponder.price.Money;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What is known of money and kept over reloads: the books with their ledger, the pacers, the rate
 * meters, and how much models write. Safe for many threads.
 */
public final class Treasury {

  /** Answers that are read to their end at the same time though nobody waits for them. */
  private static final int DRAINS_MAX = 256;

  private final Ledger ledger;
  private final Books books;
  private final InstantSource time;
  private final BudgetMeters meters;
  private final OutputTrackers outputs = new OutputTrackers();
  private final TokenCorrections corrections = new TokenCorrections();
  private final Map<AccountKey, PacedAccount> paced = new ConcurrentHashMap<>();
  private final RateMeters rates = new RateMeters();
  private final ShareWindows shares = new ShareWindows();
  private final Alerts alerts;
  private volatile Map<String, Policy> configured = Map.of();
  private final AtomicInteger drains = new AtomicInteger();

  /** A treasury over a ledger that was opened and is closed by others. */
  public Treasury(Ledger ledger, InstantSource time, BudgetMeters meters) {
    this.ledger = ledger;
    this.books = ledger.books();
    this.time = time;
    this.meters = meters;
    this.alerts = new Alerts(meters);
  }

  public Books books() {
    return books;
  }

  public Ledger ledger() {
    return ledger;
  }

  public BudgetMeters meters() {
    return meters;
  }

  /** What was learnt of how much models write as a rule. */
  public TokenCorrections corrections() {
    return corrections;
  }

  /** How much models write, by kind of call. */
  public OutputTrackers outputs() {
    return outputs;
  }

  /** How much of their recent requests callers had reasoned about. */
  public ShareWindows shares() {
    return shares;
  }

  public Instant now() {
    return time.instant();
  }

  PacedAccount paced(Account account, Budget budget) {
    return paced.computeIfAbsent(
        account.key(), key -> new PacedAccount(books, account, pacer(key, budget)));
  }

  private Pacer pacer(AccountKey key, Budget budget) {
    String snapshot = ledger.pacers().get(key);
    if (snapshot != null) {
      try {
        return Pacer.restore(snapshot);
      } catch (IllegalArgumentException e) {
        meters.pacerForgotten();
      }
    }
    return new Pacer(budget.zone());
  }

  /** Lets the ledger keep what the pacers have learnt. */
  public void keepPacers() {
    paced.forEach((key, account) -> ledger.keep(key, account.pacer().snapshot()));
  }

  RateMeter rate(AccountKey key, RateLimit limit) {
    Policy counts = configured.get(key.policy());
    RateLimit now = counts == null ? limit : counts.rate().orElse(limit);
    return rates.meter(key, now, System.nanoTime());
  }

  /**
   * Takes a request and its tokens of all of these meters, or of none.
   *
   * @return 0 if it is admitted; else after how many seconds to ask again
   */
  public long admit(List<RateMeter> meters, long tokens) {
    return meters.isEmpty() ? 0 : rates.admit(meters, tokens, System.nanoTime());
  }

  /** The most that a model wrote beyond its cap; absent: it keeps its caps. */
  public Optional<Long> brokeCap(String model) {
    return Optional.ofNullable(ledger.capBreakers().get(model));
  }

  /** A model wrote more than its cap allowed: from now on its maximum is set aside. */
  public void capBroken(String model, long tokens) {
    meters.capBroken(model);
    ledger.brokeCap(model, tokens);
  }

  /** Money was posted to the accounts of a purse. */
  public void posted(Purse purse, String tier, Money amount) {
    if (amount.nanos() == 0) {
      return;
    }
    Instant now = now();
    for (Account account : purse.accounts()) {
      Policy policy = purse.policyOf(account);
      meters.spent(policy.name(), window(policy), tier, amount);
      if (!policy.alertAt().isEmpty()) {
        alerts.posted(policy, books.balance(account, now));
      }
    }
  }

  private static String window(Policy policy) {
    return policy.budget().orElseThrow().window().name().toLowerCase(Locale.ROOT);
  }

  /** The policy of this name that counts now. */
  public Optional<Policy> policy(String name) {
    return Optional.ofNullable(configured.get(name));
  }

  /** Takes one of the places for answers that nobody waits for; false if there is none. */
  public boolean beginDrain() {
    if (drains.incrementAndGet() > DRAINS_MAX) {
      drains.decrementAndGet();
      return false;
    }
    return true;
  }

  public void endDrain() {
    drains.decrementAndGet();
  }

  /** The balances of all accounts now whose policy is configured. */
  public List<Balance> balances() {
    Map<String, Policy> present = configured;
    return books.balances(now()).stream()
        .filter(balance -> present.containsKey(balance.key().policy()))
        .toList();
  }

  /**
   * Takes these policies for the ones that count: limits of accounts that are there change at once.
   * Budgets of other policies are kept, unseen.
   */
  void configure(PolicySet policies) {
    Map<String, Policy> byName = new HashMap<>();
    policies.all().forEach(policy -> byName.put(policy.name(), policy));
    configured = Map.copyOf(byName);
    for (Account account : books.accounts()) {
      Policy policy = configured.get(account.key().policy());
      Budget budget = policy == null ? null : policy.budget().orElse(null);
      if (policy != null && budget != null && budget.each() == account.key().each()) {
        books.account(account.key(), budget, policy.hard());
      }
    }
  }

  /**
   * The account of a key. A request that came before a reload must not bring old limits back: the
   * policy of that name that counts now decides.
   */
  Account account(AccountKey key, Policy policy) {
    Policy counts = configured.getOrDefault(policy.name(), policy);
    Budget budget = counts.budget().filter(b -> b.each() == key.each()).orElse(null);
    if (budget == null) {
      return books.open(key, policy.budget().orElseThrow(), policy.hard());
    }
    return books.open(key, budget, counts.hard());
  }

  /** Whether more than its limit was set aside and billed. */
  public boolean overdrawn(Account account) {
    return books.balance(account, now()).available().nanos() < 0;
  }

  /** The paced account of a key, if it is paced. */
  public Optional<PacedAccount> pacedAt(AccountKey key) {
    return Optional.ofNullable(paced.get(key));
  }
}
