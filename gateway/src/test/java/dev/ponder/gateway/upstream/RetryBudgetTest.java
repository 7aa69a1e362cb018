package dev.ponder.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.policy.Resilience.Retries;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A fifth of what is asked, and ten. */
class RetryBudgetTest {

  private static final long SECOND = 1_000_000_000L;
  private static final Retries SETTINGS = new Retries(2, .2, Duration.ofSeconds(5));

  private final RetryBudget budget = new RetryBudget(SETTINGS, 0);

  private int taken(long now) {
    int taken = 0;
    while (budget.take(now)) {
      taken++;
    }
    return taken;
  }

  private void ask(int times, long now) {
    for (int i = 0; i < times; i++) {
      budget.asked(now);
    }
  }

  @Test
  void take_isAFifthAndTen() {
    assertThat(taken(0)).isEqualTo(10);
    ask(999, 0);
    assertThat(taken(0)).isEqualTo(199);
    ask(1, 0);
    assertThat(taken(0)).isEqualTo(1);
  }

  @Test
  void take_tenSecondsLater_startsAnew() {
    ask(100, 0);
    assertThat(taken(0)).isEqualTo(30);
    ask(50, 5 * SECOND);
    assertThat(taken(9 * SECOND)).isEqualTo(10); // 10 + a fifth of 150, of which 30 were taken
    assertThat(taken(10 * SECOND)).isEqualTo(10); // 10 + a fifth of 50, of which 10 were taken
    assertThat(taken(100 * SECOND)).isEqualTo(10);
  }

  @Test
  void take_byManyThreads_isNeverOneTooMany() throws InterruptedException {
    int threads = 8;
    CountDownLatch done = new CountDownLatch(threads);
    AtomicInteger taken = new AtomicInteger();
    for (int t = 0; t < threads; t++) {
      new Thread(
              () -> {
                for (int i = 0; i < 1_000; i++) {
                  budget.asked(0);
                  taken.addAndGet(budget.take(0) ? 1 : 0);
                }
                done.countDown();
              })
          .start();
    }
    done.await();
    assertThat(taken.get()).isLessThanOrEqualTo(1_610);
    assertThat(taken.get() + taken(0)).isEqualTo(1_610);
  }
}
