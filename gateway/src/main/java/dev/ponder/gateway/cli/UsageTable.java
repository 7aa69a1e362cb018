package dev.ponder.gateway.cli;

import dev.ponder.gateway.ledger.UsageReport;
import dev.ponder.gateway.ledger.UsageReport.Dimension;
import dev.ponder.gateway.ledger.UsageReport.Row;
import dev.ponder.price.Money;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A usage report for eyes and for spreadsheets. Every line ends with a line feed. */
final class UsageTable {

  private static final List<String> HEADINGS =
      List.of("calls", "input", "output", "reasoning", "cost USD", "presumed USD");

  private static final String CSV_HEADINGS =
      "calls,input_tokens,cached_input_tokens,output_tokens,reasoning_tokens,cost_usd,presumed_usd";

  private UsageTable() {}

  /** Columns for a terminal, the total last; money is rounded to a millionth of a dollar. */
  static String text(UsageReport report) {
    List<String> heading = new ArrayList<>();
    report.query().by().forEach(dimension -> heading.add(dimension.label()));
    int names = Math.max(1, heading.size());
    if (heading.isEmpty()) {
      heading.add("");
    }
    heading.addAll(HEADINGS);
    List<List<String>> lines = new ArrayList<>();
    lines.add(heading);
    for (Row row : report.rows()) {
      lines.add(cells(row.names().stream().map(UsageTable::shown).toList(), row));
    }
    List<String> total = new ArrayList<>();
    total.add("total");
    while (total.size() < names) {
      total.add("");
    }
    lines.add(cells(total, report.total()));
    int[] widths = new int[heading.size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], DisplayWidth.of(line.get(i)));
      }
    }
    StringBuilder out = new StringBuilder();
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String space = " ".repeat(widths[i] - DisplayWidth.of(line.get(i)));
        text.append(i == 0 ? "" : "  ");
        text.append(i < names ? line.get(i) + space : space + line.get(i));
      }
      out.append(text.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }

  /** A line of headings and a line for each row, without a total; money is exact. */
  static String csv(UsageReport report) {
    StringBuilder out = new StringBuilder();
    for (Dimension dimension : report.query().by()) {
      out.append(dimension.label()).append(',');
    }
    out.append(CSV_HEADINGS).append('\n');
    List<Row> rows = report.query().by().isEmpty() ? List.of(report.total()) : report.rows();
    for (Row row : rows) {
      List<String> cells = new ArrayList<>();
      row.names().forEach(name -> cells.add(quoted(name)));
      cells.add(Long.toString(row.calls()));
      cells.add(Long.toString(row.inputTokens()));
      cells.add(Long.toString(row.cachedInputTokens()));
      cells.add(Long.toString(row.outputTokens()));
      cells.add(Long.toString(row.reasoningTokens()));
      cells.add(row.cost().toUsd());
      cells.add(row.presumed().toUsd());
      out.append(String.join(",", cells)).append('\n');
    }
    return out.toString();
  }

  private static List<String> cells(List<String> names, Row row) {
    List<String> cells = new ArrayList<>(names);
    cells.add(count(row.calls()));
    cells.add(count(row.inputTokens()));
    cells.add(count(row.outputTokens()));
    cells.add(count(row.reasoningTokens()));
    cells.add(usd(row.cost()));
    cells.add(usd(row.presumed()));
    return cells;
  }

  /** A key without a team has an empty one. */
  private static String shown(String name) {
    return name.isEmpty() ? "-" : name;
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String usd(Money money) {
    BigDecimal usd = BigDecimal.valueOf(money.nanos(), 9).setScale(6, RoundingMode.HALF_UP);
    return String.format(Locale.ROOT, "%,.6f", usd);
  }

  /** In quotes where RFC 4180 wants them, and where a spreadsheet might take it for a formula. */
  private static String quoted(String text) {
    boolean formula = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0;
    String safe = formula ? "'" + text : text;
    return safe.matches("[A-Za-z0-9._:/@-]*") && !formula
        ? safe
        : '"' + safe.replace("\"", "\"\"") + '"';
  }
}
