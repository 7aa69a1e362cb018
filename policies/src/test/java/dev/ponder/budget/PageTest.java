package dev.ponder.budget;

import static dev.ponder.budget.Purses.NOON;
import static dev.ponder.budget.Purses.daily;
import static dev.ponder.budget.Purses.key;
import static dev.ponder.budget.Purses.nanos;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The invariants that stand guard in production: what only a bug could do. */
class PageTest {

  private final Page page = new Books(0).account(key("a"), daily(100), true).page(NOON);

  private void expectBroken(ThrowingCallable step, String message) {
    Balance before = page.balance();
    assertThatThrownBy(step)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(message.replace("AT", "of fair/key:a in d:2026-11-23"));
    assertThat(page.balance()).isEqualTo(before);
  }

  @Test
  void hold_beyondTheLimitIsABug() {
    page.checkHold(100);
    expectBroken(() -> page.checkHold(101), "amount: 101 AT (expected: 0..100)");
    expectBroken(() -> page.checkHold(-1), "amount: -1 AT (expected: 0..100)");
    page.hold(60, 10);
    expectBroken(() -> page.checkHold(41), "amount: 41 AT (expected: 0..40)");
  }

  @Test
  void end_ofWhatIsNotHeldIsABug() {
    expectBroken(() -> page.checkEnd(0, 0, 0), "open: 0 AT (expected: 1 or more)");
    page.hold(60, 10);
    expectBroken(() -> page.checkEnd(61, 10, 1), "pending: 60 AT (expected: 61 or more)");
    expectBroken(() -> page.checkEnd(60, 11, 1), "expected: 10 AT (expected: 11 or more)");
    expectBroken(() -> page.checkEnd(60, 10, -1), "posted: -1 AT (expected: 0 or more)");
    page.checkEnd(60, 10, 1_000);
  }

  @Test
  void correction_belowWhatWasPostedIsABug() {
    page.hold(60, 10);
    page.end(60, 10, 60);
    page.checkCorrect(-60);
    expectBroken(() -> page.checkCorrect(-61), "posted: -1 AT (expected: 0 or more)");
    assertThat(page.balance().posted()).isEqualTo(nanos(60));
  }
}
