package dev.ponder.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All the ways in which upstreams say when. */
class RetryAfterTest {

  private static final InstantSource TIME =
      InstantSource.fixed(Instant.parse("2026-11-29T12:00:00Z"));

  private static long millis(MultiMap headers) {
    long nanos = RetryAfter.nanos(headers, TIME);
    return nanos < 0 ? -1 : nanos / 1_000_000;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "17 | 17000",
        "0 | 0",
        "1.5 | 1500",
        "' 2 ' | 2000",
        "-1 | -1",
        "NaN | -1",
        "soon | -1",
        "'' | -1",
        "1e300 | 86400000",
        "Sun, 29 Nov 2026 12:00:30 GMT | 30000",
        "Sun, 29 Nov 2026 11:00:00 GMT | 0",
      })
  void nanos_secondsOrDate(String value, long millis) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Retry-After", value);
    assertThat(millis(headers)).isEqualTo(millis);
  }

  @Test
  void nanos_milliseconds_win() {
    MultiMap headers =
        MultiMap.caseInsensitiveMultiMap().add("retry-after", "17").add("retry-after-ms", "250");
    assertThat(millis(headers)).isEqualTo(250);
    assertThat(millis(MultiMap.caseInsensitiveMultiMap())).isEqualTo(-1);
  }

  @ParameterizedTest
  @CsvSource({"false, true", "False, true", "true, false", "no, false"})
  void forbidden_saysFalse(String value, boolean forbidden) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("x-should-retry", value);
    assertThat(RetryAfter.forbidden(headers)).isEqualTo(forbidden);
    assertThat(RetryAfter.forbidden(MultiMap.caseInsensitiveMultiMap())).isFalse();
  }
}
