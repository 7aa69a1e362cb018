package dev.ponder.gateway.ledger;

import dev.ponder.budget.AccountKey;
import dev.ponder.budget.Books;
import dev.ponder.budget.Entry;
import dev.ponder.budget.Reservation;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Books in memory only: budgets hold until the process ends, and begin anew with the next one. */
public final class MemoryLedger implements Ledger {

  /** Sums of more days than this are not kept. */
  private static final int DAYS_MAX = 400;

  /** What is told apart in reports. */
  private record Kind(String key, String team, String route, String model) {}

  private final Books books;
  private final TreeMap<Long, Map<Kind, UsageLine>> days = new TreeMap<>();
  private final Map<AccountKey, String> pacers = new ConcurrentHashMap<>();
  private final Map<String, Long> capBreakers = new ConcurrentHashMap<>();

  /** Books in which nothing stands. */
  public MemoryLedger() {
    this(new Books(1), Map.of(), Map.of());
  }

  /** Books, and what was learnt beside them. */
  MemoryLedger(Books books, Map<AccountKey, String> pacers, Map<String, Long> capBreakers) {
    this.books = books;
    this.pacers.putAll(pacers);
    this.capBreakers.putAll(capBreakers);
  }

  @Override
  public Books books() {
    return books;
  }

  @Override
  public boolean accepts() {
    return true;
  }

  @Override
  public boolean dispatched(Reservation reservation, CallRecord call) {
    return true;
  }

  @Override
  public void ended(Reservation reservation, CallRecord call, Entry entry) {
    UsageLine line = UsageLine.of(call, reservation.amount().nanos(), entry);
    Kind kind = new Kind(call.key(), call.team(), call.route(), call.model());
    synchronized (days) {
      days.computeIfAbsent(line.day(), day -> new HashMap<>()).merge(kind, line, UsageLine::plus);
      if (days.size() > DAYS_MAX) {
        days.pollFirstEntry();
      }
    }
  }

  @Override
  public UsageReport usage(UsageReport.Query query) {
    synchronized (days) {
      return UsageReport.of(
          query,
          days.values().stream()
              .flatMap(day -> day.values().stream())
              .filter(query::covers)
              .toList());
    }
  }

  @Override
  public Map<AccountKey, String> pacers() {
    return Map.copyOf(pacers);
  }

  @Override
  public void keep(AccountKey account, String snapshot) {
    pacers.put(account, snapshot);
  }

  @Override
  public Map<String, Long> capBreakers() {
    return Collections.unmodifiableMap(capBreakers);
  }

  @Override
  public void brokeCap(String model, long tokens) {
    capBreakers.merge(model, tokens, Math::max);
  }

  @Override
  public boolean trust(String model) {
    return capBreakers.remove(model) != null;
  }

  @Override
  public int backlog() {
    return 0;
  }

  @Override
  public void close() {}
}
