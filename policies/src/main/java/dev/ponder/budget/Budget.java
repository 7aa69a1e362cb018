package dev.ponder.budget;

import dev.ponder.price.Money;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * An amount of money that may be spent in each calendar window.
 *
 * @param limit the most that may be spent in one window, more than zero
 * @param window the calendar window
 * @param zone the time zone in which windows begin and end
 * @param each whether the limit is shared or each team or key has its own
 */
public record Budget(Money limit, Window window, ZoneId zone, Each each) {

  /** The calendar windows. */
  public enum Window {
    HOUR,
    DAY,
    WEEK,
    MONTH
  }

  /** Whose limit it is. */
  public enum Each {
    /** One limit that all share. */
    ALL,
    /** A limit for each team. */
    TEAM,
    /** A limit for each key. */
    KEY
  }

  public Budget {
    if (limit.nanos() <= 0) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: more than 0 USD)");
    }
  }

  /**
   * The window that an instant lies in. Windows follow each other without gap or overlap, whatever
   * the zone does to its clocks.
   */
  public Period periodAt(Instant instant) {
    if (window == Window.HOUR) {
      return hourAt(instant);
    }
    LocalDate first = firstDay(LocalDate.ofInstant(instant, zone));
    Period period = periodFrom(first);
    // Clocks that are put back over midnight say yesterday again after today has begun.
    return instant.isBefore(period.end()) ? period : periodFrom(nextFirstDay(first));
  }

  private LocalDate firstDay(LocalDate day) {
    return switch (window) {
      case HOUR, DAY -> day;
      case WEEK -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
      case MONTH -> day.withDayOfMonth(1);
    };
  }

  private LocalDate nextFirstDay(LocalDate first) {
    return switch (window) {
      case HOUR, DAY -> first.plusDays(1);
      case WEEK -> first.plusWeeks(1);
      case MONTH -> first.plusMonths(1);
    };
  }

  private Period periodFrom(LocalDate first) {
    String id =
        switch (window) {
          case HOUR, DAY -> "d:" + first;
          case WEEK -> {
            int week = first.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
            yield "w:" + first.get(IsoFields.WEEK_BASED_YEAR) + (week < 10 ? "-W0" : "-W") + week;
          }
          case MONTH -> "m:" + YearMonth.from(first);
        };
    Instant start = first.atStartOfDay(zone).toInstant();
    return new Period(id, start, nextFirstDay(first).atStartOfDay(zone).toInstant());
  }

  /**
   * A full hour of the clock at one offset. An hour in which clocks are put forward or back (by
   * half an hour somewhere) is cut there; the offset in the id tells its parts apart.
   */
  private Period hourAt(Instant instant) {
    ZoneRules rules = zone.getRules();
    ZoneOffset offset = rules.getOffset(instant);
    long local = instant.getEpochSecond() + offset.getTotalSeconds();
    long startSecond = Math.floorDiv(local, 3600L) * 3600L - offset.getTotalSeconds();
    String hour = LocalDateTime.ofEpochSecond(startSecond, 0, offset).toString().substring(0, 13);
    Instant start = Instant.ofEpochSecond(startSecond);
    Instant end = Instant.ofEpochSecond(startSecond + 3600);
    ZoneOffsetTransition before = rules.previousTransition(instant.plusNanos(1));
    if (before != null && before.getInstant().isAfter(start)) {
      start = before.getInstant();
    }
    ZoneOffsetTransition after = rules.nextTransition(instant);
    if (after != null && after.getInstant().isBefore(end)) {
      end = after.getInstant();
    }
    return new Period("h:" + hour + offset.getId(), start, end);
  }
}
