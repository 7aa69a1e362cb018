package dev.ponder.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Never one too many, and nobody forgotten. */
class CallLimitTest {

  private final List<String> turns = new ArrayList<>();

  private CallLimit.Waiter queue(CallLimit limit, String name) {
    return Objects.requireNonNull(limit.queue(() -> turns.add(name)));
  }

  @Test
  void places_areTaken_andGivenOnInTurn() {
    CallLimit limit = new CallLimit(2, 2);
    assertThat(limit.enter()).isTrue();
    assertThat(limit.enter()).isTrue();
    assertThat(limit.enter()).isFalse();
    queue(limit, "first");
    queue(limit, "second");
    assertThat(limit.queue(() -> turns.add("third"))).isNull();
    limit.leave();
    assertThat(turns).containsExactly("first");
    assertThat(limit.running()).isEqualTo(2);
    assertThat(limit.enter()).isFalse(); // nobody overtakes
    limit.leave();
    limit.leave();
    limit.leave();
    assertThat(turns).containsExactly("first", "second");
    assertThat(limit.running()).isZero();
    assertThat(limit.hasRoom()).isTrue();
  }

  @Test
  void waiter_givesUp_andIsPassedOver() {
    CallLimit limit = new CallLimit(1, 5);
    limit.enter();
    CallLimit.Waiter first = queue(limit, "first");
    queue(limit, "second");
    assertThat(limit.giveUp(first)).isTrue();
    limit.leave();
    assertThat(turns).containsExactly("second");
    assertThat(limit.giveUp(first)).isFalse();
  }

  @Test
  void limit_changes_fromTheNextCallOn() {
    CallLimit limit = new CallLimit(2, 5);
    limit.enter();
    limit.enter();
    queue(limit, "waits");
    limit.change(1, 5);
    limit.leave();
    assertThat(turns).isEmpty();
    limit.change(3, 5);
    assertThat(turns).containsExactly("waits");
    assertThat(limit.running()).isEqualTo(2);
  }

  @Test
  void threads_neverExceedIt_andAllGetTheirTurn() throws InterruptedException {
    int most = 7;
    int threads = 8;
    int each = 5_000;
    CallLimit limit = new CallLimit(most, threads * each);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger highest = new AtomicInteger();
    CountDownLatch served = new CountDownLatch(threads * each);
    Runnable work =
        () -> {
          highest.accumulateAndGet(running.incrementAndGet(), Math::max);
          Thread.onSpinWait();
          running.decrementAndGet();
          served.countDown();
        };
    ExecutorService loops = Executors.newFixedThreadPool(threads);
    for (int i = 0; i < threads * each; i++) {
      loops.execute(() -> ask(limit, work, loops));
    }
    assertThat(served.await(30, TimeUnit.SECONDS)).isTrue();
    loops.shutdown();
    assertThat(highest.get()).isBetween(1, most);
  }

  /** Whose turn it is runs on a thread of its own, as calls are handed to their loop. */
  private static void ask(CallLimit limit, Runnable work, Executor loops) {
    Runnable call =
        () -> {
          work.run();
          limit.leave();
        };
    if (limit.enter()) {
      call.run();
    } else if (limit.queue(() -> loops.execute(call)) == null) {
      throw new AssertionError("the queue is full");
    }
  }
}
