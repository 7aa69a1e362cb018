package dev.ponder.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SuggestionTest {

  @Test
  void distance_edits_areCounted() {
    assertThat(Suggestion.distance("price", "price", 9)).isZero();
    assertThat(Suggestion.distance("prise", "price", 9)).isEqualTo(1);
    assertThat(Suggestion.distance("pirce", "price", 9)).isEqualTo(1);
    assertThat(Suggestion.distance("Prices", "price", 9)).isEqualTo(1);
    assertThat(Suggestion.distance("rice", "price", 9)).isEqualTo(1);
    assertThat(Suggestion.distance("kitten", "sitting", 9)).isEqualTo(3);
  }

  @Test
  void hint_farWord_listsWhatIsKnown() {
    assertThat(Suggestion.hint("banana", List.of("mini", "o3"))).isEqualTo("(expected: mini, o3)");
    assertThat(Suggestion.hint("mini2", List.of("mini", "o3"))).isEqualTo("(did you mean mini?)");
    assertThat(Suggestion.hint("x".repeat(10_000), List.of("mini"))).isEqualTo("(expected: mini)");
  }
}
