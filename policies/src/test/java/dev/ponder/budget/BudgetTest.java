package dev.ponder.budget;

import static dev.ponder.budget.Purses.BERLIN;
import static dev.ponder.budget.Purses.budget;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ponder.budget.Budget.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The calendar of budgets: which window an instant lies in. */
class BudgetTest {

  private static Period at(Window window, ZoneId zone, String instant) {
    return budget(1, window, zone).periodAt(Instant.parse(instant));
  }

  @Test
  void limit_mustBeMoreThanZero() {
    for (long limit : new long[] {0, -1, Long.MIN_VALUE}) {
      assertThatThrownBy(() -> budget(limit, Window.DAY, ZoneOffset.UTC))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("limit: ")
          .hasMessageEndingWith("(expected: more than 0 USD)");
    }
  }

  @Test
  void periodAt_namesEveryKindOfWindow() {
    String instant = "2026-11-23T13:59:59.999999999Z";
    assertThat(at(Window.HOUR, BERLIN, instant))
        .isEqualTo(
            new Period(
                "h:2026-11-23T14+01:00",
                Instant.parse("2026-11-23T13:00:00Z"),
                Instant.parse("2026-11-23T14:00:00Z")));
    assertThat(at(Window.DAY, BERLIN, instant))
        .isEqualTo(
            new Period(
                "d:2026-11-23",
                Instant.parse("2026-11-22T23:00:00Z"),
                Instant.parse("2026-11-23T23:00:00Z")));
    assertThat(at(Window.WEEK, BERLIN, instant))
        .isEqualTo(
            new Period(
                "w:2026-W48",
                Instant.parse("2026-11-22T23:00:00Z"),
                Instant.parse("2026-11-29T23:00:00Z")));
    assertThat(at(Window.MONTH, BERLIN, instant))
        .isEqualTo(
            new Period(
                "m:2026-11",
                Instant.parse("2026-10-31T23:00:00Z"),
                Instant.parse("2026-11-30T23:00:00Z")));
    assertThat(at(Window.HOUR, ZoneOffset.UTC, instant).id()).isEqualTo("h:2026-11-23T13Z");
  }

  @Test
  void week_belongsToItsIsoYear() {
    assertThat(at(Window.WEEK, ZoneOffset.UTC, "2027-01-03T23:59:59Z").id())
        .isEqualTo("w:2026-W53");
    assertThat(at(Window.WEEK, ZoneOffset.UTC, "2027-01-04T00:00:00Z").id())
        .isEqualTo("w:2027-W01");
    assertThat(at(Window.WEEK, ZoneOffset.UTC, "2024-12-30T00:00:00Z").id())
        .isEqualTo("w:2025-W01");
  }

  @Test
  void day_has23HoursInSpringAnd25InAutumn() {
    assertThat(hours(at(Window.DAY, BERLIN, "2026-03-29T10:00:00Z"))).isEqualTo(23);
    assertThat(hours(at(Window.DAY, BERLIN, "2026-10-25T10:00:00Z"))).isEqualTo(25);
    assertThat(hours(at(Window.DAY, BERLIN, "2026-10-26T10:00:00Z"))).isEqualTo(24);
    assertThat(hours(at(Window.WEEK, BERLIN, "2026-10-25T10:00:00Z"))).isEqualTo(169);
    assertThat(hours(at(Window.MONTH, BERLIN, "2026-03-01T10:00:00Z"))).isEqualTo(31 * 24 - 1);
  }

  @Test
  void hour_thatComesTwiceIsTwoWindows() {
    Period summer = at(Window.HOUR, BERLIN, "2026-10-25T00:30:00Z");
    Period winter = at(Window.HOUR, BERLIN, "2026-10-25T01:30:00Z");
    assertThat(summer.id()).isEqualTo("h:2026-10-25T02+02:00");
    assertThat(winter.id()).isEqualTo("h:2026-10-25T02+01:00");
    assertThat(summer.end()).isEqualTo(winter.start());
  }

  @Test
  void day_thatBeginsAtOneOrNeverComesIsStillAWindow() {
    ZoneId cairo = ZoneId.of("Africa/Cairo"); // 2026-04-24: from 00:00 to 01:00
    assertThat(hours(at(Window.DAY, cairo, "2026-04-24T12:00:00Z"))).isEqualTo(23);
    ZoneId samoa = ZoneId.of("Pacific/Apia"); // had no 2011-12-30
    Period last = at(Window.DAY, samoa, "2011-12-30T09:59:59Z");
    Period next = at(Window.DAY, samoa, "2011-12-30T10:00:00Z");
    assertThat(last.id()).isEqualTo("d:2011-12-29");
    assertThat(next.id()).isEqualTo("d:2011-12-31");
    assertThat(last.end()).isEqualTo(next.start());
  }

  @Test
  void day_whoseClockSaysYesterdayAgainIsNotLeft() {
    ZoneId stJohns = ZoneId.of("America/St_Johns"); // 2010-11-07: from 00:01 back to 23:01
    Period day = at(Window.DAY, stJohns, "2010-11-07T02:30:30Z");
    assertThat(day.id()).isEqualTo("d:2010-11-07");
    assertThat(at(Window.DAY, stJohns, "2010-11-07T02:45:00Z")).isEqualTo(day);
  }

  @Test
  void hour_ofHalfHourShiftsIsCutThere() {
    ZoneId lordHowe = ZoneId.of("Australia/Lord_Howe"); // from 02:00+11 back to 01:30+10:30
    Period before = at(Window.HOUR, lordHowe, "2026-04-04T14:59:59Z");
    Period after = at(Window.HOUR, lordHowe, "2026-04-04T15:00:00Z");
    assertThat(before.id()).isEqualTo("h:2026-04-05T01+11:00");
    assertThat(after.id()).isEqualTo("h:2026-04-05T01+10:30");
    assertThat(Duration.between(after.start(), after.end())).hasMinutes(30);
    assertThat(after.start()).isEqualTo(before.end());
  }

  /** Contains its instant, follows the one before it, and its id names no other window. */
  @Test
  void periods_followEachOtherInEveryZone() {
    long seed = 20261123;
    Random random = new Random(seed);
    for (String name : ZoneId.getAvailableZoneIds().stream().sorted().toList()) {
      ZoneId zone = ZoneId.of(name);
      for (Instant instant : interesting(zone, random)) {
        for (Window window : Window.values()) {
          Budget budget = budget(1, window, zone);
          String what = window + " " + zone + " " + instant + " seed " + seed;
          Period period = budget.periodAt(instant);
          assertThat(period.contains(instant)).as(what).isTrue();
          assertThat(budget.periodAt(period.start())).as(what).isEqualTo(period);
          assertThat(budget.periodAt(period.end().minusNanos(1))).as(what).isEqualTo(period);
          Period next = budget.periodAt(period.end());
          assertThat(next.start()).as(what).isEqualTo(period.end());
          assertThat(next.id()).as(what).isNotEqualTo(period.id());
        }
      }
    }
  }

  @Test
  void hours_ofAYearHaveIdsOfTheirOwn() {
    for (String zone : new String[] {"Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata"}) {
      Budget budget = budget(1, Window.HOUR, ZoneId.of(zone));
      Set<String> ids = new HashSet<>();
      Instant end = Instant.parse("2027-01-01T00:00:00Z");
      for (Instant at = Instant.parse("2026-01-01T00:00:00Z"); at.isBefore(end); ) {
        Period period = budget.periodAt(at);
        assertThat(ids.add(period.id())).as(period.id()).isTrue();
        at = period.end();
      }
      assertThat(ids).hasSizeBetween(365 * 24, 365 * 24 + 2);
    }
  }

  @Test
  void elapsedRatio_goesFrom0To1() {
    Period day = at(Window.DAY, BERLIN, "2026-10-25T10:00:00Z");
    assertThat(day.elapsedRatio(day.start())).isZero();
    assertThat(day.elapsedRatio(day.start().minusSeconds(5))).isZero();
    assertThat(day.elapsedRatio(day.start().plusSeconds(5 * 3600))).isEqualTo(0.2, within(1e-9));
    assertThat(day.elapsedRatio(day.end().minusMillis(1))).isLessThan(1);
    assertThat(day.elapsedRatio(day.end())).isEqualTo(1);
    assertThat(day.elapsedRatio(day.end().plusSeconds(5))).isEqualTo(1);
  }

  @Test
  void period_checksItself() {
    Instant now = Purses.NOON;
    assertThatThrownBy(() -> new Period("d:2026-11-23", now, now))
        .hasMessage("end: " + now + " (expected: after " + now + ")");
    assertThatThrownBy(() -> new Period("", now, now.plusSeconds(1)))
        .hasMessageStartingWith("id: ");
  }

  private static long hours(Period period) {
    return Duration.between(period.start(), period.end()).toHours();
  }

  /** Around the shifts of the clock since 2005 or so, and anywhere. */
  private static List<Instant> interesting(ZoneId zone, Random random) {
    List<Instant> instants = new ArrayList<>();
    Instant at = Instant.parse("2026-11-23T00:00:00Z");
    instants.add(at.plusSeconds(random.nextInt(400 * 86_400)));
    for (int i = 0; i < 3; i++) {
      ZoneOffsetTransition shift = zone.getRules().previousTransition(at);
      if (shift == null || shift.getInstant().isBefore(Instant.parse("1995-01-01T00:00:00Z"))) {
        break;
      }
      at = shift.getInstant();
      instants.add(at.minusNanos(1));
      instants.add(at);
      instants.add(at.plusSeconds(random.nextInt(7200) - 3600));
    }
    return instants;
  }
}
