package dev.ponder.gateway.translate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the name of a model of Anthropic's tells of how it thinks. */
class ClaudeVersionTest {

  @ParameterizedTest
  @CsvSource({
    "claude-3-haiku-20240307, 300, false, false, false",
    "claude-3-5-sonnet-20241022, 305, false, false, false",
    "claude-3-7-sonnet-latest, 307, true, false, false",
    "claude-opus-4-20250514, 400, true, false, false",
    "claude-sonnet-4-5-20250929, 405, true, false, false",
    "anthropic/claude-sonnet-4.6, 406, true, true, false",
    "us.anthropic.claude-opus-4-7-v1:0, 407, true, true, true",
    "claude-fable-5, 500, true, true, true",
    "claude-opus-latest, -1, true, false, false",
    "sonnet, -1, true, false, false"
  })
  void of_aName(String name, int number, boolean thinks, boolean byWord, boolean extraHigh) {
    ClaudeVersion version = ClaudeVersion.of(name);

    assertThat(version.number()).isEqualTo(number);
    assertThat(version.thinks()).isEqualTo(thinks);
    assertThat(version.thinksByWord()).isEqualTo(byWord);
    assertThat(version.knowsExtraHigh()).isEqualTo(extraHigh);
  }
}
