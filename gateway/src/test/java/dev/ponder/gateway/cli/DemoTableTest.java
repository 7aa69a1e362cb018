package dev.ponder.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ponder.gateway.cli.DemoRow.Expect;
import dev.ponder.price.Money;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoTableTest {

  private static final DemoRow SMALL_TALK =
      new DemoRow(
          "a",
          "small talk",
          "今日は少し疲れました。\n元気が出るひとことをください。",
          0.0314,
          "mini",
          "score",
          20,
          80,
          0,
          Money.ofNanos(136_000),
          Money.ofNanos(13_000_000),
          Expect.LLM,
          false);
  private static final DemoRow PROOF =
      new DemoRow(
          "b",
          "hard maths",
          "Prove it.",
          0.912,
          "thinker",
          "score",
          15,
          2_080,
          2_000,
          Money.ofNanos(16_670_001),
          Money.ofNanos(16_670_001),
          Expect.LRM,
          true);
  private static final DemoRow MISSED =
      new DemoRow(
          "c",
          "short hard",
          "Why?",
          0.4,
          "mini",
          "exhausted",
          1,
          1,
          0,
          Money.ZERO,
          Money.ZERO,
          Expect.LRM,
          false);

  @Test
  void render_rows_exactText() {
    assertThat(new DemoTable(80, false).render(List.of(SMALL_TALK, PROOF, MISSED)))
        .isEqualTo(
            """
            prompt                 score model   reason      tokens thought  cost USD  saved
            今日は少し疲れました…  0.031 mini    score          100       0  0.000136   99 %
            Prove it.              0.912 thinker score         2095    2000  0.016671    0 %
            Why?                   0.400 mini    exhausted        2       0  0.000000      –

            requests                        3
            to a reasoning model            1 (33 %)
            as the prompts' author expects  2 of 3
            cost                            0.016807 USD
            cost if all went to it          0.029671 USD
            saved                           43 %
            """);
  }

  @Test
  void render_anyWidth_everyRowFitsIt() {
    for (int width : new int[] {80, 81, 100, 132}) {
      String table = new DemoTable(width, false).render(List.of(SMALL_TALK, PROOF));
      assertThat(table.lines().limit(3)).allMatch(line -> DisplayWidth.of(line) == width);
    }
  }

  @Test
  void render_colours_onlyWhenAsked() {
    assertThat(new DemoTable(100, true).render(List.of(SMALL_TALK, PROOF)))
        .contains("\u001b[32mmini   \u001b[0m")
        .contains("\u001b[33mthinker\u001b[0m");
    assertThat(DemoTable.of(Map.of("NO_COLOR", "1"), true).render(List.of(PROOF)))
        .doesNotContain("\u001b");
    assertThat(DemoTable.of(Map.of(), false).render(List.of(PROOF))).doesNotContain("\u001b");
  }

  @Test
  void of_columns_setTheWidth() {
    assertThat(header(Map.of("COLUMNS", "90"))).hasSize(90);
    assertThat(header(Map.of("COLUMNS", "wide"))).hasSize(100);
    assertThat(header(Map.of())).hasSize(100);
  }

  @Test
  void render_noRows_saysSo() {
    assertThat(new DemoTable(100, false).render(List.of()))
        .contains("requests                        0\n")
        .contains("to a reasoning model            0 (–)\n");
  }

  @Test
  void fit_wideCharacters_neverExceedsTheColumns() {
    assertThat(DisplayWidth.fit("日本語", 6)).isEqualTo("日本語");
    assertThat(DisplayWidth.fit("日本語", 5)).isEqualTo("日本…");
    assertThat(DisplayWidth.fit("日本語", 4)).isEqualTo("日… ");
    assertThat(DisplayWidth.fit("e\u0301a", 3)).isEqualTo("e\u0301a ");
    assertThat(DisplayWidth.fit(" a\n b ", 5)).isEqualTo("a b  ");
    assertThat(DisplayWidth.of("😀!")).isEqualTo(3);
  }

  @Test
  void row_scoreOutOfRange_isRefused() {
    assertThatThrownBy(
            () ->
                new DemoRow(
                    "a",
                    "k",
                    "p",
                    1.4,
                    "m",
                    "r",
                    0,
                    0,
                    0,
                    Money.ZERO,
                    Money.ZERO,
                    Expect.LLM,
                    false))
        .hasMessage("score: 1.4 (expected: 0..1)");
  }

  private static String header(Map<String, String> environment) {
    return DemoTable.of(environment, false).render(List.of()).lines().findFirst().orElseThrow();
  }
}
