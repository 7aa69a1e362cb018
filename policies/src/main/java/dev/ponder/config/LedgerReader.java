package dev.ponder.config;

import dev.ponder.config.Configuration.Ledger;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code ledger}, in its long and short forms. */
final class LedgerReader {

  private static final String EXPECTED = "sqlite:PATH or memory";

  private static final String SQLITE = "sqlite:";

  private static final Pattern PATH = Pattern.compile("\\S.{0,1023}");

  private static final Pattern REDIS =
      Pattern.compile("rediss?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?(/[0-9]{1,4})?");

  private static final Duration RETENTION_MIN = Duration.ofDays(1);
  private static final Duration RETENTION_MAX = Duration.ofDays(3_650);

  private LedgerReader() {}

  /** The ledger; absent if it has mistakes. */
  static Optional<Ledger> read(YamlValue value) {
    if (value.isMapping()) {
      return value.mapping(Section.LEDGER, EXPECTED).flatMap(LedgerReader::longForm);
    }
    Optional<String> text = value.text(EXPECTED);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (text.get().startsWith("redis") && text.get().indexOf('@') >= 0) {
      value.error("holds a literal secret (expected: " + EXPECTED + ")");
      return Optional.empty();
    }
    if (REDIS.matcher(text.get()).matches()) {
      String shown = Problems.shown(text.get());
      value.error(shown + " is not available in this version (expected: " + EXPECTED + ")");
      return Optional.empty();
    }
    return value.parse(EXPECTED, LedgerReader::shortForm);
  }

  private static Optional<Ledger> shortForm(String text) {
    if (text.equals("memory")) {
      return Optional.of(Ledger.MEMORY);
    }
    return text.startsWith(SQLITE)
        ? path(text.substring(SQLITE.length())).map(p -> at(p, Ledger.MEMORY.retention()))
        : Optional.empty();
  }

  private static Optional<Ledger> longForm(YamlMapping mapping) {
    Duration retention =
        mapping
            .get("retention")
            .flatMap(v -> v.parse("a time of 1d to 3650d, such as 400d", LedgerReader::retention))
            .orElse(Ledger.MEMORY.retention());
    return mapping
        .require("sqlite", "the path of the file")
        .flatMap(v -> v.parse("the path of a file", LedgerReader::path))
        .map(path -> at(path, retention));
  }

  private static Ledger at(String path, Duration retention) {
    return new Ledger(Optional.of(path), retention);
  }

  private static Optional<String> path(String text) {
    return Optional.of(text).filter(t -> PATH.matcher(t).matches());
  }

  private static Optional<Duration> retention(String text) {
    return Quantities.duration(text)
        .filter(d -> d.compareTo(RETENTION_MIN) >= 0 && d.compareTo(RETENTION_MAX) <= 0);
  }
}
