package dev.ponder.pacing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrafficShapeTest {

  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final LocalDate MONDAY = LocalDate.of(2026, 11, 23);
  private static final long HOUR = 3_600;

  private TrafficShape shape = new TrafficShape(BERLIN);

  @Test
  void expected_nothingLearnt_isTheShippedDay() {
    assertThat(shape.isLearnt()).isFalse();
    assertThat(between(0, 0, 24)).isCloseTo(1, within(1e-6));
    assertThat(between(0, 13, 14)).isCloseTo(0.083, within(.002));
    assertThat(between(0, 2, 3)).isCloseTo(0.021, within(.001));
    assertThat(between(0, 0, 7 * 24)).isCloseTo(7, within(1e-5));
    assertThat(between(0, 0, 30 * 24)).isCloseTo(30, within(1e-4));
  }

  @Test
  void expected_partsOfAnHour_areLinear() {
    double start = at(0, 9);
    assertThat(shape.expected(start, start + 900.5) / shape.expected(start, start + HOUR))
        .isCloseTo(900.5 / HOUR, within(1e-6));
    assertThat(shape.expected(start, start)).isZero();
    assertThat(shape.expected(start + 1, start)).isZero();
  }

  @Test
  void expected_dayOf23And25Hours_countsTheHoursOnTheClock() {
    double spring = midnights(LocalDate.of(2027, 3, 28));
    double autumn = midnights(LocalDate.of(2026, 10, 25));
    double two = between(0, 2, 3);
    assertThat(spring).isCloseTo(1 - two, within(1e-6));
    assertThat(autumn).isCloseTo(1 + two, within(1e-6));
    double noon = second(LocalDate.of(2027, 3, 28), 12);
    assertThat(shape.expected(noon, noon + HOUR)).isCloseTo(between(0, 12, 13), within(1e-6));
  }

  @Test
  void arrived_dayWith25Hours_learnsTheMeanOfTheDoubleHour() {
    LocalDate autumn = LocalDate.of(2026, 10, 25);
    long start = (long) second(autumn, 0);
    for (int minute = 0; minute <= 25 * 60; minute++) {
      shape.arrived(start + minute * 60L);
    }
    double two = second(autumn.plusWeeks(1), 2);
    assertThat(shape.expected(two, two + HOUR)).isLessThan(75);
    assertThat(midnights(autumn.plusWeeks(1))).isCloseTo(24 * 60, within(40.0));
  }

  @Test
  void arrived_completeDays_areLearntByHourAndDay() {
    weeks(3, 1, 10, 100);
    // Busy from 9 to 17 on weekdays only; Monday of the fourth week begins.
    assertThat(shape.isLearnt()).isTrue();
    assertThat(between(21, 9, 17)).isCloseTo(800, within(120.0));
    assertThat(between(21, 0, 9)).isCloseTo(90, within(60.0));
    assertThat(between(26, 9, 17)).as("Saturday").isLessThan(300);
    assertThat(between(21, 0, 24 * 7)).isCloseTo(5 * 960 + 2 * 240, within(300.0));
  }

  @Test
  void arrived_oneDay_isTakenForAllOthers() {
    fill(0, 0, 24, 50);
    shape.arrived((long) at(1, 0));
    assertThat(between(1, 0, 24)).isCloseTo(1_200, within(60.0));
    assertThat(between(5, 3, 4)).isBetween(25.0, 50.0);
  }

  @Test
  void arrived_levelThatDoubles_isFollowedInWeeks() {
    weeks(2, 1, 50, 50);
    double before = between(14, 0, 24 * 7);
    for (int d = 14; d < 28; d++) {
      fill(d, 0, 24, 100);
    }
    shape.arrived((long) at(28, 0));
    assertThat(between(28, 0, 24 * 7) / before).isBetween(1.4, 2.0);
  }

  @Test
  void arrived_partOfAnHour_isNotLearnt() {
    shape.arrived((long) at(0, 9) + 1_800); // the process began here: 9 to 10 is not complete
    fill(0, 10, 24, 20);
    shape.arrived((long) at(1, 0));
    assertThat(shape.certainty()).isBetween(30.0, 280.0);
    assertThat(between(1, 10, 24)).isCloseTo(280, within(20.0));
    assertThat(between(1, 9, 10)).isGreaterThan(15);
  }

  @Test
  void arrived_presentDay_isNotLearntBeforeItsEnd() {
    fill(0, 0, 24, 50);
    fill(1, 0, 1, 50);
    double expected = between(1, 1, 24);
    fill(1, 1, 23, 5_000);
    assertThat(between(1, 1, 24)).isEqualTo(expected);
  }

  @Test
  void read_daysSwitchedOff_areNotLearntAsIdle() {
    fill(0, 0, 24, 50);
    fill(1, 0, 12, 50);
    double expected = between(4, 0, 24 * 7);
    SnapshotText.Writer to = new SnapshotText.Writer();
    shape.write(to);
    shape = TrafficShape.read(new SnapshotText(to.line()));
    assertThat(between(4, 0, 24 * 7)).isEqualTo(expected);
    shape.arrived((long) at(4, 10) + 1);
    // The hours before it was switched off were like the day before; more is not known.
    assertThat(between(8, 0, 24)).isBetween(1_150.0, 1_400.0);
    assertThat(between(9, 0, 24)).isBetween(1_150.0, 1_400.0);
  }

  @Test
  void arrived_yearsLater_goesOn() {
    fill(0, 0, 24, 50);
    shape.arrived((long) at(3_650, 12));
    shape.arrived((long) at(3_651, 12));
    assertThat(between(3_652, 0, 24)).isBetween(0.0, 1_200.0);
  }

  @Test
  void arrived_clockSetBack_goesOn() {
    fill(400, 0, 24, 50);
    for (int d = 0; d < 3; d++) {
      fill(d, 0, 24, 10);
    }
    shape.arrived((long) at(3, 0));
    assertThat(between(3, 0, 24)).isBetween(200.0, 1_000.0);
  }

  @Test
  void arrived_idleWeeks_expectNoneAndBelieveLittle() {
    fill(0, 0, 1, 1);
    for (int d = 6; d < 90; d += 6) {
      fill(d, 0, 1, 1);
    }
    assertThat(shape.certainty()).isLessThan(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Asia/Kolkata", "Australia/Lord_Howe", "UTC", "America/St_Johns"})
  void arrived_zonesOfAllKinds_learnTheirHours(String zone) {
    ZoneId id = ZoneId.of(zone);
    shape = new TrafficShape(id);
    long start = MONDAY.atStartOfDay(id).toEpochSecond();
    for (long t = start; t <= start + 14 * 24 * HOUR; t += 60) {
      int hour = LocalDateTime.ofInstant(java.time.Instant.ofEpochSecond(t), id).getHour();
      if (hour == 9 || t % 900 == 0) {
        shape.arrived(t);
      }
    }
    double nine = MONDAY.plusWeeks(2).atTime(9, 0).atZone(id).toEpochSecond();
    assertThat(shape.expected(nine, nine + HOUR)).isGreaterThan(45);
    assertThat(shape.expected(nine + HOUR, nine + 2 * HOUR)).isLessThan(12);
  }

  /** Requests per hour: some from 9 to 17 on weekdays, others else. */
  private void weeks(int weeks, int quietApart, int quiet, int busy) {
    for (int d = 0; d < 7 * weeks; d += quietApart) {
      boolean weekday = d % 7 < 5;
      fill(d, 0, 9, quiet);
      fill(d, 9, 17, weekday ? busy : quiet);
      fill(d, 17, 24, quiet);
    }
    shape.arrived((long) at(7 * weeks, 0));
  }

  private void fill(int day, int fromHour, int toHour, int perHour) {
    for (int hour = fromHour; hour < toHour; hour++) {
      for (int i = 0; i < perHour; i++) {
        shape.arrived((long) at(day, hour) + i * HOUR / perHour);
      }
    }
  }

  private double between(int day, int fromHour, int toHour) {
    return shape.expected(at(day, fromHour), at(day, fromHour) + (toHour - fromHour) * HOUR);
  }

  private double midnights(LocalDate date) {
    return shape.expected(second(date, 0), second(date.plusDays(1), 0));
  }

  private static double at(int day, int hour) {
    return second(MONDAY.plusDays(day), hour);
  }

  private static double second(LocalDate date, int hour) {
    return date.atTime(hour, 0).atZone(BERLIN).toEpochSecond();
  }
}
