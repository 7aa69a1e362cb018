package dev.ponder.gateway.cli;

import dev.ponder.price.Money;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The table that the demo prints: a row a prompt, then what it all came to. A pure function of the
 * rows and the width; every line ends with a line feed.
 */
final class DemoTable {

  private static final int WIDTH_MIN = 60;
  private static final int WIDTH_MAX = 200;
  private static final int WIDTH_DEFAULT = 100;

  private static final int REASON_WIDTH = 10;
  private static final int MODEL_WIDTH_MAX = 16;

  /** Columns of score, tokens, reasoning tokens, cost and saved, and the spaces between all. */
  private static final int NUMBERS_WIDTH = 5 + 7 + 7 + 9 + 6 + 7;

  private static final String GREEN = "\u001b[32m";
  private static final String YELLOW = "\u001b[33m";
  private static final String BOLD = "\u001b[1m";
  private static final String PLAIN = "\u001b[0m";

  private final int width;
  private final boolean colours;

  /**
   * A table of some width.
   *
   * @param width columns; taken as 60 to 200
   * @param colours whether to write ANSI colours
   */
  DemoTable(int width, boolean colours) {
    this.width = Math.max(WIDTH_MIN, Math.min(WIDTH_MAX, width));
    this.colours = colours;
  }

  /**
   * A table for an environment: as wide as {@code COLUMNS} says (100 otherwise), coloured on a
   * terminal where {@code NO_COLOR} is unset or empty.
   */
  static DemoTable of(Map<String, String> environment, boolean terminal) {
    int columns;
    try {
      columns = Integer.parseInt(environment.getOrDefault("COLUMNS", "").strip());
    } catch (NumberFormatException e) {
      columns = WIDTH_DEFAULT;
    }
    return new DemoTable(columns, terminal && environment.getOrDefault("NO_COLOR", "").isEmpty());
  }

  /** The whole table with its summary; empty rows make a table without rows. */
  String render(List<DemoRow> rows) {
    int modelWidth =
        Math.min(
            MODEL_WIDTH_MAX,
            rows.stream().mapToInt(row -> DisplayWidth.of(row.model())).max().orElse(5));
    modelWidth = Math.max(5, modelWidth);
    int promptWidth = Math.max(8, width - NUMBERS_WIDTH - modelWidth - REASON_WIDTH);
    StringBuilder out = new StringBuilder();
    String header =
        String.join(
            " ",
            DisplayWidth.fit("prompt", promptWidth),
            "score",
            DisplayWidth.fit("model", modelWidth),
            DisplayWidth.fit("reason", REASON_WIDTH),
            right("tokens", 7),
            right("thought", 7),
            right("cost USD", 9),
            right("saved", 6));
    out.append(paint(BOLD, header)).append('\n');
    for (DemoRow row : rows) {
      String colour = row.reasoned() ? YELLOW : GREEN;
      out.append(DisplayWidth.fit(row.prompt(), promptWidth)).append(' ');
      out.append(String.format(Locale.ROOT, "%5.3f", row.score())).append(' ');
      out.append(paint(colour, DisplayWidth.fit(row.model(), modelWidth))).append(' ');
      out.append(DisplayWidth.fit(row.reason(), REASON_WIDTH)).append(' ');
      out.append(right(Long.toString(row.inputTokens() + row.outputTokens()), 7)).append(' ');
      out.append(right(Long.toString(row.reasoningTokens()), 7)).append(' ');
      out.append(right(usd(row.cost()), 9)).append(' ');
      out.append(right(saved(row.cost(), row.baseline()), 6)).append('\n');
    }
    return out.append('\n').append(summary(rows)).toString();
  }

  private String summary(List<DemoRow> rows) {
    Money cost = rows.stream().map(DemoRow::cost).reduce(Money.ZERO, Money::plus);
    Money baseline = rows.stream().map(DemoRow::baseline).reduce(Money.ZERO, Money::plus);
    long reasoned = rows.stream().filter(DemoRow::reasoned).count();
    long hits = rows.stream().filter(DemoRow::asExpected).count();
    StringBuilder out = new StringBuilder();
    line(out, "requests", Integer.toString(rows.size()));
    line(out, "to a reasoning model", reasoned + " (" + percent(reasoned, rows.size()) + ")");
    line(out, "as the prompts' author expects", hits + " of " + rows.size());
    line(out, "cost", usd(cost) + " USD");
    line(out, "cost if all went to it", usd(baseline) + " USD");
    line(out, "saved", paint(BOLD, saved(cost, baseline)));
    return out.toString();
  }

  private static void line(StringBuilder out, String name, String value) {
    out.append(DisplayWidth.fit(name, 32)).append(value).append('\n');
  }

  private String paint(String colour, String text) {
    return colours ? colour + text + PLAIN : text;
  }

  private static String right(String text, int columns) {
    return " ".repeat(Math.max(0, columns - DisplayWidth.of(text))) + text;
  }

  /** Dollars to six decimals, rounded up: a cost is never shown as nothing. */
  private static String usd(Money money) {
    return new BigDecimal(money.toUsd()).setScale(6, RoundingMode.CEILING).toPlainString();
  }

  private static String saved(Money cost, Money baseline) {
    return percent(baseline.minus(cost).nanos(), baseline.nanos());
  }

  /** A share in whole per cent, {@code –} of nothing. */
  private static String percent(long part, long whole) {
    return whole == 0 ? "–" : Math.round(100.0 * part / whole) + " %";
  }
}
