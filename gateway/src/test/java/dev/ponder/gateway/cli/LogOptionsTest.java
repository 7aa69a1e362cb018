package dev.ponder.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ponder.config.Configuration.Logs;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogOptionsTest {

  private static final Map<String, String> JSON = Map.of("PONDER_LOG_FORMAT", "json");

  @Test
  void format_isTheOptions_elseTheEnvironments_elseTheFiles() {
    Logs file = Logs.STANDARD;
    assertThat(LogOptions.of(file, null, Map.of()).format()).isEqualTo(Logs.Format.TEXT);
    assertThat(LogOptions.of(file, null, JSON).format()).isEqualTo(Logs.Format.JSON);
    assertThat(LogOptions.of(file, "text", JSON).format()).isEqualTo(Logs.Format.TEXT);
    assertThat(LogOptions.of(file, null, Map.of("PONDER_LOG_FORMAT", ""))).isEqualTo(file);
  }

  @Test
  void format_unknown_isTold() {
    assertThatThrownBy(() -> LogOptions.of(Logs.STANDARD, "xml", JSON))
        .hasMessage("--log-format: xml (expected: text or json)");
    Map<String, String> wrong = Map.of("PONDER_LOG_FORMAT", "xml");
    assertThatThrownBy(() -> LogOptions.of(Logs.STANDARD, null, wrong))
        .hasMessage("PONDER_LOG_FORMAT: xml (expected: text or json)");
  }
}
