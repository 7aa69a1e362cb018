package dev.ponder.pacing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ponder.budget.Period;
import dev.ponder.price.Money;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacerTest {

  private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");
  private static final LocalDate MONDAY = LocalDate.of(2026, 11, 23);

  @Test
  void shadowPrice_nothingSeen_isZero() {
    assertThat(new Pacer().shadowPrice(at(0, 8), day(0), usd("10"))).isZero();
  }

  @Test
  void shadowPrice_allFits_isZero() {
    Pacer pacer = morning();
    assertThat(pacer.shadowPrice(at(0, 12), day(0), usd("1000"))).isZero();
    assertThat(pacer.shadowPrice()).isZero();
  }

  @Test
  void shadowPrice_lessMoney_isNeverLower() {
    double last = 0;
    for (int cents = 2_000; cents >= 0; cents -= 10) {
      Pacer pacer = morning();
      double price = pacer.shadowPrice(at(0, 12), day(0), usd(cents + "e-2"));
      assertThat(price).as("with %s cents", cents).isGreaterThanOrEqualTo(last);
      last = price;
    }
    assertThat(last).as("without money").isGreaterThan(90);
  }

  @Test
  void shadowPrice_littleLessMoney_isALittleHigher() {
    double more = morning().shadowPrice(at(0, 12), day(0), usd("2.00"));
    double less = morning().shadowPrice(at(0, 12), day(0), usd("1.99"));
    assertThat(less).isGreaterThan(more).isLessThan(more * 1.01);
  }

  @Test
  void shadowPrice_overdrawn_isThatOfNoMoney() {
    double without = morning().shadowPrice(at(0, 12), day(0), Money.ZERO);
    assertThat(morning().shadowPrice(at(0, 12), day(0), usd("-3"))).isEqualTo(without);
  }

  @Test
  void shadowPrice_moneyForHalfOfTheDemand_partsTheRatiosInTheMiddle() {
    Pacer pacer = new Pacer(ZONE);
    fill(pacer, 0, 0, 24, 1);
    fill(pacer, 1, 0, 12, 1);
    // Ratios 1 to 100 by turns, each for a cent; 20 requests an hour are to come for 12 hours.
    double price = pacer.shadowPrice(at(1, 12), day(1), usd("1.20"));
    assertThat(price).isBetween(40.0, 60.0);
  }

  @Test
  void shadowPrice_cheapTierToPay_setsItsMoneyApart() {
    Pacer free = new Pacer(ZONE);
    Pacer billed = new Pacer(ZONE);
    for (int i = 0; i < 2_000; i++) {
      Instant now = at(0, 0).plusSeconds(21L * i);
      free.arrived(now, .01 * (i % 100), usd("0.01"), Money.ZERO);
      billed.arrived(now, .01 * (i % 100), usd("0.01"), usd("0.004"));
    }
    double price = free.shadowPrice(at(0, 12), day(0), usd("12"));
    assertThat(price).isPositive();
    assertThat(billed.shadowPrice(at(0, 12), day(0), usd("12"))).isGreaterThan(price * 1.2);
    // What the cheap tier will take is more than there is: nothing is left for the dear one.
    assertThat(billed.shadowPrice(at(0, 13), day(0), usd("0.5"))).isGreaterThan(90);
  }

  @Test
  void shadowPrice_within30Seconds_isNotSolvedAnew() {
    Pacer pacer = morning();
    double price = pacer.shadowPrice(at(0, 12), day(0), usd("2"));
    Instant soon = at(0, 12).plusMillis(29_999);
    assertThat(pacer.shadowPrice(soon, day(0), usd("1000"))).isEqualTo(price).isPositive();
    assertThat(pacer.shadowPrice(soon.plusMillis(1), day(0), usd("1000"))).isZero();
  }

  @Test
  void shadowPrice_thousandRequestsAtOnce_isSolvedBeforeTheyAreThrough() {
    Pacer pacer = new Pacer();
    Instant now = at(0, 10);
    double price = 0;
    for (int i = 0; i < 1_000; i++) {
      pacer.arrived(now, .5, usd("0.05"), Money.ZERO);
      price = pacer.shadowPrice(now, day(0), usd("100"));
      assertThat(i > 0 || price == 0).as("the first fits").isTrue();
    }
    assertThat(price).isGreaterThan(5);
  }

  @Test
  void shadowPrice_burst_rises() {
    Pacer calm = morning();
    Pacer burst = morning();
    for (int i = 0; i < 300; i++) {
      burst.arrived(at(0, 12), .01 * (i % 100), usd("0.01"), Money.ZERO);
    }
    assertThat(burst.shadowPrice(at(0, 12), day(0), usd("2")))
        .isGreaterThan(calm.shadowPrice(at(0, 12), day(0), usd("2")));
  }

  @Test
  void shadowPrice_nextWindow_isSolvedAtOnceAndCountsFromThere() {
    Pacer pacer = new Pacer(ZONE);
    fill(pacer, 0, 0, 24, 1);
    double evening = pacer.shadowPrice(at(1, 0).minusMillis(1), day(0), Money.ZERO);
    assertThat(evening).isPositive();
    assertThat(pacer.shadowPrice(at(1, 0), day(1), usd("1000"))).isZero();
    // A day as the one before: half of it is to come, whatever was seen yesterday.
    fill(pacer, 1, 0, 12, 1);
    double half = pacer.shadowPrice(at(1, 12), day(1), usd("1.20"));
    assertThat(half).isBetween(40.0, 60.0);
  }

  @Test
  void shadowPrice_nextWindowFirstSeenAtNoon_countsItsOwnRequestsOnly() {
    Pacer pacer = new Pacer(ZONE);
    pacer.shadowPrice(at(0, 0), day(0), usd("1"));
    fill(pacer, 0, 0, 24, 1);
    fill(pacer, 1, 0, 12, 1);
    assertThat(pacer.shadowPrice(at(1, 12), day(1), usd("1.20"))).isBetween(40.0, 60.0);
  }

  @Test
  void shadowPrice_idleSinceTheWindowBegan_expectsLessThanOneThatJustStarted() {
    Pacer idle = new Pacer(ZONE);
    idle.shadowPrice(at(0, 0), day(0), usd("1"));
    Pacer started = new Pacer(ZONE);
    for (Pacer pacer : new Pacer[] {idle, started}) {
      pacer.shadowPrice(at(1, 11), day(1), usd("1"));
      fill(pacer, 1, 11, 12, 5);
    }
    assertThat(idle.shadowPrice(at(1, 12), day(1), usd("2")))
        .isLessThan(started.shadowPrice(at(1, 12), day(1), usd("2")) - 10);
  }

  @Test
  void shadowPrice_callOfTheOldWindowAfterTheNew_doesNotGoBack() {
    Pacer pacer = morning();
    double price = pacer.shadowPrice(at(1, 0), day(1), usd("1"));
    assertThat(pacer.shadowPrice(at(1, 0).plusMillis(1), day(0), usd("1000"))).isEqualTo(price);
    assertThat(pacer.shadowPrice(at(1, 0).plusMillis(2), day(1), usd("1000"))).isEqualTo(price);
  }

  @Test
  void shadowPrice_endOfTheWindow_keepsThirtyShares() {
    Pacer pacer = new Pacer(ZONE);
    fill(pacer, 0, 0, 24, 1);
    Instant last = at(1, 0).minusMillis(1);
    // 15 cents for 30 requests of a cent, one half of which fits: not for the last one alone.
    assertThat(pacer.shadowPrice(last, day(0), usd("0.15"))).isBetween(40.0, 60.0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 24, 168, 720})
  void shadowPrice_windowsOfAllLengths_expectWhatWasLearnt(int hours) {
    Pacer pacer = new Pacer(ZONE);
    for (int d = 0; d < 14; d++) {
      fill(pacer, d, 0, 24, 1);
    }
    Period window = new Period("w", at(14, 0), at(14, 0).plus(Duration.ofHours(hours)));
    // 20 requests an hour, on average for half a cent when all above a ratio of 50 pass.
    Money half = Money.ofNanos(5_000_000L * Math.max(30, 20L * hours));
    assertThat(pacer.shadowPrice(at(14, 0), window, half)).isBetween(40.0, 60.0);
  }

  @Test
  void shadowPrice_coldStartInTheMiddleOfTheWindow_countsFromThere() {
    Pacer pacer = new Pacer(ZONE);
    pacer.shadowPrice(at(0, 12), day(0), usd("1"));
    fill(pacer, 0, 12, 13, 10);
    // 200 in one of the 12 hours left: some 1,500 more, of which one half would cost 7 USD.
    assertThat(pacer.shadowPrice(at(0, 13), day(0), usd("7"))).isBetween(20.0, 70.0);
    assertThat(pacer.shadowPrice(at(0, 13).plusSeconds(60), day(0), usd("1"))).isGreaterThan(70);
  }

  @Test
  void arrived_oddNumbers_areCountedWithoutHarm() {
    Pacer pacer = morning();
    pacer.arrived(at(0, 12), Double.NaN, usd("0.01"), Money.ZERO);
    pacer.arrived(at(0, 12), 1, Money.ZERO, Money.ZERO);
    pacer.arrived(at(0, 12), 1, Money.ofNanos(1), usd("-1"));
    pacer.arrived(at(0, 12), -1, usd("-1"), Money.ZERO);
    pacer.arrived(at(0, 12), 1e-9, usd("1000000"), Money.ZERO);
    assertThat(pacer.shadowPrice(at(0, 12), day(0), usd("2"))).isBetween(0.0, 1e6);
  }

  @Test
  void restore_inTheMiddleOfTheDay_goesOnAsIfNothingHadHappened() {
    Pacer pacer = new Pacer(ZONE);
    for (int d = 0; d < 8; d++) {
      fill(pacer, d, 0, 24, 1 + d % 3);
    }
    fill(pacer, 8, 0, 12, 2);
    double price = pacer.shadowPrice(at(8, 12), day(8), usd("2"));
    Pacer restored = Pacer.restore(pacer.snapshot());
    assertThat(restored.snapshot()).isEqualTo(pacer.snapshot());
    assertThat(restored.shadowPrice()).isEqualTo(price);
    assertThat(restored.shadowPrice(at(8, 12).plusMillis(1), day(8), usd("9"))).isEqualTo(price);
    fill(pacer, 8, 12, 14, 2);
    fill(restored, 8, 12, 14, 2);
    double later = pacer.shadowPrice(at(8, 14), day(8), usd("2"));
    assertThat(later).isNotEqualTo(price);
    // Nearly: the time around the restart was not watched.
    assertThat(restored.shadowPrice(at(8, 14), day(8), usd("2"))).isCloseTo(later, within(.5));
  }

  @Test
  void restore_afterANightSwitchedOff_doesNotTakeItForAQuietOne() {
    Pacer pacer = new Pacer(ZONE);
    pacer.shadowPrice(at(0, 0), day(0), usd("1"));
    Pacer on = Pacer.restore(pacer.snapshot());
    fill(pacer, 0, 0, 1, 1);
    Pacer off = Pacer.restore(pacer.snapshot());
    fill(on, 0, 8, 9, 10);
    fill(off, 0, 8, 9, 10);
    double taken = on.shadowPrice(at(0, 9), day(0), usd("6"));
    assertThat(off.shadowPrice(at(0, 9), day(0), usd("6"))).isGreaterThan(taken + 10);
  }

  @Test
  void restore_renormalisedWeights_areKept() {
    Pacer pacer = new Pacer(ZONE);
    for (int i = 0; i < 200_000; i++) { // 2^(200,000 / 3,000) is more than a weight may be
      pacer.arrived(at(0, 0).plusMillis(i), .01 * (i % 100), usd("0.01"), Money.ZERO);
    }
    double price = pacer.shadowPrice(at(0, 1), day(0), usd("100"));
    assertThat(price).isBetween(1.0, 100.0);
    assertThat(pacer.snapshot()).as("faded").containsPattern(" imagined=[0-9.]+E-1[0-9] ");
    assertThat(Pacer.restore(pacer.snapshot()).snapshot()).isEqualTo(pacer.snapshot());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "pacer/2 seen=1",
        "pacer/1",
        "pacer/1 seen",
        "pacer/1 zone=Europe/Berlin zone=Europe/Berlin",
        "\u0000\u0001"
      })
  void restore_garbage_isRefused(String text) {
    assertThatThrownBy(() -> Pacer.restore(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zone=Europe/Berlim",
        "seen=-1",
        "seen=many",
        "window_end=0",
        "counted_from=NaN",
        "price=Infinity",
        "weight=0.0",
        "mass=-1",
        "extra=208:1.0",
        "extra=1:x",
        "mean=1:1e300",
        "weeks=3:7.0",
        "today=24:1.0",
        "hour=9223372036854775807"
      })
  void restore_oneValueWrong_isToldByName(String wrong) {
    String name = wrong.substring(0, wrong.indexOf('='));
    String text = morning().snapshot().replaceFirst(" " + name + "=[^ ]*", " " + wrong);
    assertThatThrownBy(() -> Pacer.restore(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(name + ": .* \\(expected: .*\\)");
  }

  /** A pacer after 20 requests in each hour until noon: all cost a cent, ratios 1 to 100. */
  private static Pacer morning() {
    Pacer pacer = new Pacer(ZONE);
    pacer.shadowPrice(at(0, 0), day(0), Money.ZERO);
    fill(pacer, 0, 0, 12, 1);
    return pacer;
  }

  private static void fill(Pacer pacer, int day, int fromHour, int toHour, int times) {
    int requests = (toHour - fromHour) * 20 * times;
    long apart = Duration.ofHours(toHour - fromHour).toMillis() / requests;
    for (int i = 0; i < requests; i++) {
      Instant now = at(day, fromHour).plusMillis(apart * i);
      pacer.arrived(now, .01 * (1 + (i * 37) % 100), usd("0.01"), Money.ZERO);
    }
  }

  private static Period day(int day) {
    return new Period("d:" + MONDAY.plusDays(day), at(day, 0), at(day + 1, 0));
  }

  private static Instant at(int day, int hour) {
    return MONDAY.plusDays(day).atTime(hour, 0).atZone(ZONE).toInstant();
  }

  private static Money usd(String usd) {
    return Money.ofUsd(new BigDecimal(usd));
  }
}
