package dev.ponder.config;

import dev.ponder.price.Money;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times, sizes, amounts and shares as people write them. */
final class Quantities {

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9}) ?(ms|s|m|h|d)");
  private static final Pattern BYTES =
      Pattern.compile("([0-9]{1,12}) ?(B|kB|KB|KiB|MB|MiB|GB|GiB)?");
  private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?");
  private static final Pattern SHARE = Pattern.compile("([0-9]{1,3}(\\.[0-9]{1,6})?) ?%");
  private static final Pattern PERCENT = Pattern.compile("([0-9]{1,4}) ?%");

  private Quantities() {}

  /** {@code 500ms}, {@code 180s}, {@code 30m}, {@code 1h}, {@code 7d}. */
  static Optional<Duration> duration(String text) {
    Matcher match = DURATION.matcher(text);
    if (!match.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(match.group(1));
    return Optional.of(
        switch (match.group(2)) {
          case "ms" -> Duration.ofMillis(count);
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          case "h" -> Duration.ofHours(count);
          default -> Duration.ofDays(count);
        });
  }

  /** {@code 64 MiB} (1024 based), {@code 1 MB} (1000 based), plain bytes. */
  static Optional<Long> bytes(String text) {
    Matcher match = BYTES.matcher(text);
    if (!match.matches()) {
      return Optional.empty();
    }
    String unit = match.group(2) == null ? "B" : match.group(2);
    long factor =
        switch (unit) {
          case "kB", "KB" -> 1000L;
          case "KiB" -> 1L << 10;
          case "MB" -> 1000_000L;
          case "MiB" -> 1L << 20;
          case "GB" -> 1000_000_000L;
          case "GiB" -> 1L << 30;
          default -> 1L;
        };
    // At most twelve digits times 2^30: below 2^70, so it must be checked.
    BigDecimal bytes = new BigDecimal(match.group(1)).multiply(BigDecimal.valueOf(factor));
    return Optional.of(bytes.min(BigDecimal.valueOf(Long.MAX_VALUE)).longValueExact());
  }

  /** A decimal number of at most nine digits before the point and nine behind it. */
  static Optional<BigDecimal> decimal(String text) {
    return DECIMAL.matcher(text).matches() ? Optional.of(new BigDecimal(text)) : Optional.empty();
  }

  /** {@code 20000 USD}, {@code 0.50 USD}: more than zero. */
  static Optional<Money> money(String text) {
    if (!text.endsWith(" USD")) {
      return Optional.empty();
    }
    return decimal(text.substring(0, text.length() - " USD".length()).strip())
        .map(Money::ofUsd)
        .filter(money -> money.nanos() > 0);
  }

  /** {@code 80%}. */
  static Optional<Integer> percent(String text) {
    Matcher match = PERCENT.matcher(text);
    return match.matches() ? Optional.of(Integer.parseInt(match.group(1))) : Optional.empty();
  }

  /** {@code 20%}, {@code 2.5%}: a part of a whole, 0 to 1. */
  static Optional<Double> share(String text) {
    Matcher match = SHARE.matcher(text);
    return match.matches()
        ? Optional.of(new BigDecimal(match.group(1)).movePointLeft(2).doubleValue())
            .filter(share -> share <= 1)
        : Optional.empty();
  }

  /** A time within these bounds. */
  static Optional<Duration> duration(YamlValue value, Duration min, Duration max) {
    return value.parse(
        "a time of " + shown(min) + " to " + shown(max) + ", such as 30s",
        t -> duration(t).filter(d -> d.compareTo(min) >= 0 && d.compareTo(max) <= 0));
  }

  /** A size within these bounds, in bytes. */
  static Optional<Long> bytes(YamlValue value, long min, long max) {
    return value.parse(
        "a size of " + min + " B to " + (max >> 20) + " MiB, such as 1 MiB",
        t -> bytes(t).filter(n -> n >= min && n <= max));
  }

  private static String shown(Duration time) {
    if (time.toSeconds() == 0) {
      return time.isZero() ? "0s" : time.toMillis() + "ms";
    }
    return time.toSeconds() % 3600 == 0 ? time.toHours() + "h" : time.toSeconds() + "s";
  }
}
