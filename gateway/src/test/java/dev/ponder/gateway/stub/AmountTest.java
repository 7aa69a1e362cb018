package dev.ponder.gateway.stub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AmountTest {

  private static final int DRAWS = 100_000;

  @Test
  void draw_exact_isAlwaysTheSame() {
    assertThat(Amount.parse("120").draw(1, "none")).isEqualTo(120);
    assertThat(Amount.parse("120").draw(2, "none")).isEqualTo(120);
  }

  @Test
  void draw_range_coversItEvenly() {
    Amount range = Amount.parse("40..43");
    long[] drawn = LongStream.range(0, DRAWS).map(i -> draw(range, i, "none")).toArray();
    assertThat(LongStream.of(drawn).distinct().sorted().toArray()).containsExactly(40, 41, 42, 43);
    assertThat(LongStream.of(drawn).average().orElseThrow()).isCloseTo(41.5, within(0.05));
  }

  @Test
  void draw_heavyTail_hasTheMeanAndTheTail() {
    long[] normal = sorted(Amount.parse("~1000"), "none");
    assertThat(LongStream.of(normal).average().orElseThrow()).isCloseTo(1000, within(30.0));
    assertThat(normal[DRAWS / 2]).isBetween(580L, 635L); // e^-0.5 of the mean
    assertThat(normal[DRAWS * 99 / 100]).isBetween(5_600L, 6_800L);
    long[] pareto = sorted(Amount.parse("1000"), "pareto");
    assertThat(pareto[DRAWS / 2]).isBetween(510L, 550L); // 333 * 2^(1/1.5)
    assertThat(LongStream.of(pareto).average().orElseThrow()).isCloseTo(1000, within(150.0));
  }

  @Test
  void parse_wrong_saysWhatWasExpected() {
    assertThatThrownBy(() -> Knob.TOKENS.parse("9..3"))
        .hasMessage(
            "tokens: 9..3 (expected: 120, a range 40..160 or a heavy-tailed mean ~120;"
                + " at most 1000000)");
    assertThatThrownBy(() -> Knob.FAIL.parse("200")).hasMessage("fail: 200 (expected: 400..599)");
    assertThatThrownBy(() -> Knob.EOL.parse("nl")).hasMessage("eol: nl (expected: lf|crlf|cr)");
    assertThatThrownBy(() -> Knob.ERROR_EVENT.parse("after_bytes:3"))
        .hasMessageContaining("(expected: after_events:N)");
  }

  private static long[] sorted(Amount amount, String tail) {
    return LongStream.range(0, DRAWS).map(i -> draw(amount, i, tail)).sorted().toArray();
  }

  private static long draw(Amount amount, long i, String tail) {
    return amount.draw(Mix.scramble(i), tail);
  }
}
