package dev.ponder.gateway.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogLineTest {

  private static final String OURS = "dev.ponder.gateway.proxy.Exchange";

  private final LoggerContext context = new LoggerContext();

  private LoggingEvent event(
      String logger, String template, @Nullable Throwable thrown, @Nullable Object... arguments) {
    LoggingEvent event =
        new LoggingEvent("", context.getLogger(logger), Level.INFO, template, thrown, arguments);
    event.setInstant(Instant.parse("2026-11-23T07:25:51Z"));
    return event;
  }

  @Test
  void text_isOneLine_inUtc() {
    assertThat(LogLine.text(event(OURS, "event=seen name={}", null, "a\nb")))
        .isEqualTo("2026-11-23T07:25:51.000Z INFO  Exchange event=seen name=a b");
  }

  @Test
  void json_hasThePairsOfTheTemplate_asMembers() {
    String template = "event=bug request_id={} lines={} name=\"{}\" trace_id={} level={}";
    String line = LogLine.json(event(OURS, template, null, "a b=\"c\"", 7, "x\ny", "", "forged"));
    assertThat(line).doesNotContain("\n");
    assertThat(new JsonObject(line).getMap())
        .containsEntry("time", "2026-11-23T07:25:51.000Z")
        .containsEntry("level", "INFO")
        .containsEntry("logger", OURS)
        .containsEntry("event", "bug")
        .containsEntry("request_id", "a b=\"c\"")
        .containsEntry("lines", 7)
        .containsEntry("name", "x\ny")
        .containsKey("msg")
        .doesNotContainKey("trace_id");
  }

  @Test
  void json_ofAForeignLogger_isItsMessage() {
    String line = LogLine.json(event("io.netty.x", "a=b {}", null, "c"));
    assertThat(new JsonObject(line).fieldNames()).containsExactly("time", "level", "logger", "msg");
  }

  @Test
  void exception_thatMayQuote_isItsClassAndFrames() {
    IllegalStateException bug = new IllegalStateException("canary");
    bug.initCause(new NumberFormatException("For input string: \"canary\""));
    for (String line :
        new String[] {
          LogLine.text(event(OURS, "event=bug", bug)), LogLine.json(event(OURS, "event=bug", bug))
        }) {
      assertThat(line)
          .contains("java.lang.IllegalStateException", "NumberFormatException", "LogLineTest")
          .doesNotContain("canary");
    }
  }

  @Test
  void exception_ofFilesAndSockets_keepsItsMessage() {
    assertThat(LogLine.text(event(OURS, "event=x", new IOException("No space left on device"))))
        .contains("java.io.IOException: No space left on device\n\tat ");
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 100_000, 10_000_000})
  void line_isBounded(int length) {
    String long1 = "x".repeat(length);
    IOException endless = new IOException(long1, new IOException(long1, new IOException(long1)));
    assertThat(LogLine.json(event(OURS, "event=x a={}", endless, long1)).length())
        .isLessThan(100_000);
    assertThat(LogLine.text(event(OURS, "event=x a={}", endless, long1)).length())
        .isLessThan(100_000);
  }
}
