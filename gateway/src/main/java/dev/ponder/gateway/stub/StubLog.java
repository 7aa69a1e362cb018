package dev.ponder.gateway.stub;

import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The calls that the stub has ended, the last ones in full and all of them in total. Safe to use
 * from any thread; a call is here before the client sees the last byte of its answer.
 */
public final class StubLog {

  private final int keepCalls;
  private final int keepBodies;

  // All guarded by this; nothing below blocks.
  private final ArrayDeque<StubCall> calls = new ArrayDeque<>();
  private final LinkedHashMap<String, byte[]> bodies = new LinkedHashMap<>();
  private final List<Waiter> waiters = new ArrayList<>();
  private StubTotal total = StubTotal.ZERO;

  StubLog(int keepCalls, int keepBodies) {
    this.keepCalls = keepCalls;
    this.keepBodies = keepBodies;
  }

  void add(StubCall call, byte[] body) {
    List<Waiter> due = List.of();
    synchronized (this) {
      total = total.plus(call, Money.ZERO);
      calls.addLast(call);
      if (calls.size() > keepCalls) {
        calls.removeFirst();
      }
      if (keepBodies > 0) {
        bodies.put(call.id(), body);
        if (bodies.size() > keepBodies) {
          Iterator<String> oldest = bodies.keySet().iterator();
          oldest.next();
          oldest.remove();
        }
      }
      if (!waiters.isEmpty()) {
        due = waiters.stream().filter(waiter -> waiter.count <= total.calls()).toList();
        waiters.removeAll(due);
      }
    }
    due.forEach(waiter -> waiter.promise.complete(calls()));
  }

  /** The last calls, the oldest of them first. */
  public synchronized List<StubCall> calls() {
    return List.copyOf(calls);
  }

  /** All calls since the start or the last reset, of every model and without a price. */
  public synchronized StubTotal total() {
    return total;
  }

  /** Completes with {@link #calls()} as soon as there have been {@code count} calls. */
  public Future<List<StubCall>> whenCalls(long count) {
    synchronized (this) {
      if (total.calls() < count) {
        Waiter waiter = new Waiter(count, Promise.promise());
        waiters.add(waiter);
        return waiter.promise.future();
      }
    }
    return Future.succeededFuture(calls());
  }

  /** The request body of a call, if it is among the last that are kept. */
  public synchronized Optional<byte[]> body(String id) {
    return Optional.ofNullable(bodies.get(id)).map(byte[]::clone);
  }

  /**
   * What every model did and cost, exact to the nano-dollar. A failed call costs nothing, since a
   * provider bills none; a call that was cut short costs what had been generated.
   *
   * @throws IllegalArgumentException if a model with tokens to bill has no price
   * @throws IllegalStateException if the log has forgotten calls, so that no sum would be right
   */
  public Map<String, StubTotal> totals(Map<String, ModelPrice> prices) {
    List<StubCall> all;
    synchronized (this) {
      if (total.calls() != calls.size()) {
        throw new IllegalStateException(
            "calls: " + total.calls() + " (expected: at most the " + keepCalls + " kept)");
      }
      all = calls();
    }
    Map<String, StubTotal> totals = new TreeMap<>();
    for (StubCall call : all) {
      ModelPrice price = prices.get(call.model());
      if (price == null && call.usage().inputTokens() + call.usage().outputTokens() > 0) {
        throw new IllegalArgumentException(
            "prices: none for " + call.model() + " (expected: one of " + prices.keySet() + ")");
      }
      Money cost = price == null ? Money.ZERO : price.of(call.usage());
      totals.put(call.model(), totals.getOrDefault(call.model(), StubTotal.ZERO).plus(call, cost));
    }
    return totals;
  }

  /** What all models cost together; see {@link #totals}. */
  public Money cost(Map<String, ModelPrice> prices) {
    return totals(prices).values().stream().map(StubTotal::cost).reduce(Money.ZERO, Money::plus);
  }

  /** Forgets everything; calls that are under way will still be written down. */
  public synchronized void clear() {
    calls.clear();
    bodies.clear();
    total = StubTotal.ZERO;
  }

  private static final class Waiter {
    final long count;
    final Promise<List<StubCall>> promise;

    Waiter(long count, Promise<List<StubCall>> promise) {
      this.count = count;
      this.promise = promise;
    }
  }
}
