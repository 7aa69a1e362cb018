package dev.ponder.gateway.ledger;

import dev.ponder.gateway.wire.Json;
import dev.ponder.price.Money;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Who used what, and what it cost: sums of the ledger's calls.
 *
 * @param query what was asked
 * @param rows a row for each combination that occurs, in the order of its names
 * @param total all rows together
 */
public record UsageReport(Query query, List<Row> rows, Row total) {

  /** No day before 1970 or after 2999 has calls. */
  private static final long DAY_MAX = LocalDate.of(3000, 1, 1).toEpochDay();

  /** What calls may be told apart by. */
  public enum Dimension {
    TEAM,
    KEY,
    MODEL,
    ROUTE,
    DAY;

    private String of(UsageLine line) {
      return switch (this) {
        case TEAM -> line.team();
        case KEY -> line.key();
        case MODEL -> line.model();
        case ROUTE -> line.route();
        case DAY -> LocalDate.ofEpochDay(line.day()).toString();
      };
    }

    /** How people write it: in small letters. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The dimension of that label; absent if there is none. */
    public static Optional<Dimension> of(String label) {
      return List.of(values()).stream().filter(d -> d.label().equals(label)).findFirst();
    }
  }

  /**
   * Which calls, and how they are grouped.
   *
   * @param by what they are told apart by, in this order; empty: the total only
   * @param from the first day, UTC; absent: the first of the ledger
   * @param to the last day, UTC, that day included; absent: today
   */
  public record Query(List<Dimension> by, Optional<LocalDate> from, Optional<LocalDate> to) {

    public Query {
      by = List.copyOf(by);
    }

    private long firstDay() {
      return from.map(LocalDate::toEpochDay).orElse(0L);
    }

    private long dayAfter() {
      return to.map(day -> day.toEpochDay() + 1).orElse(DAY_MAX);
    }

    boolean covers(UsageLine line) {
      return line.day() >= firstDay() && line.day() < dayAfter();
    }
  }

  /**
   * The sums of some calls.
   *
   * @param names the values of the dimensions asked for, in their order
   * @param calls calls of upstreams that were billed, or are presumed to be
   * @param cost what they cost, presumed costs included
   * @param presumed the part of the cost that is presumed: no bill was seen
   */
  public record Row(
      List<String> names,
      long calls,
      long inputTokens,
      long cachedInputTokens,
      long outputTokens,
      long reasoningTokens,
      Money cost,
      Money presumed) {

    public Row {
      names = List.copyOf(names);
    }
  }

  public UsageReport {
    rows = List.copyOf(rows);
  }

  /**
   * Reads a report out of a ledger, whether or not a gateway runs on it. Reads up to all of the
   * file: not for an event loop.
   *
   * @throws IOException if it is no ledger or cannot be read; the message names it
   */
  public static UsageReport read(Path ledger, Query query) throws IOException {
    if (!Files.isRegularFile(ledger)) {
      throw new IOException(ledger + ": no such file (expected: a ledger)");
    }
    LedgerFile.unpackBeside(ledger.toAbsolutePath());
    try (Connection connection = LedgerSchema.reader(ledger)) {
      if (!LedgerSchema.check(connection, ledger)) {
        throw new IOException(ledger + ": an empty database (expected: a ledger)");
      }
      boolean daily = query.by.contains(Dimension.DAY);
      return of(query, UsageSql.read(connection, query.firstDay(), query.dayAfter(), daily));
    } catch (SQLException e) {
      throw new IOException(ledger + ": " + e.getMessage() + " (expected: a ledger)", e);
    }
  }

  /** A report of lines that the query covers. */
  static UsageReport of(Query query, Iterable<UsageLine> lines) {
    Map<List<String>, UsageLine> groups = new TreeMap<>(byNames());
    UsageLine total = new UsageLine(0, "", "", "", "", 0, 0, 0, 0, 0, 0, 0);
    for (UsageLine line : lines) {
      groups.merge(query.by.stream().map(d -> d.of(line)).toList(), line, UsageLine::plus);
      total = total.plus(line);
    }
    List<Row> rows = new ArrayList<>();
    if (!query.by.isEmpty()) {
      groups.forEach((names, line) -> rows.add(row(names, line)));
    }
    return new UsageReport(query, rows, row(List.of(), total));
  }

  /** One JSON document; money as decimal strings in USD. */
  public String toJson() {
    StringBuilder out = new StringBuilder("{\"from\":");
    appendDay(out, query.from);
    out.append(",\"to\":");
    appendDay(out, query.to);
    out.append(",\"by\":[");
    for (Dimension dimension : query.by) {
      out.append(out.charAt(out.length() - 1) == '[' ? "" : ",");
      Json.appendString(out, dimension.label());
    }
    out.append("],\"rows\":[");
    for (Row row : rows) {
      out.append(out.charAt(out.length() - 1) == '[' ? "" : ",");
      append(out, row, query.by);
    }
    out.append("],\"total\":");
    append(out, total, List.of());
    return out.append('}').toString();
  }

  private static void append(StringBuilder out, Row row, List<Dimension> by) {
    out.append('{');
    for (int i = 0; i < by.size(); i++) {
      Json.appendString(out, by.get(i).label());
      out.append(':');
      Json.appendString(out, row.names.get(i));
      out.append(',');
    }
    out.append("\"calls\":").append(row.calls);
    out.append(",\"input_tokens\":").append(row.inputTokens);
    out.append(",\"cached_input_tokens\":").append(row.cachedInputTokens);
    out.append(",\"output_tokens\":").append(row.outputTokens);
    out.append(",\"reasoning_tokens\":").append(row.reasoningTokens);
    out.append(",\"cost_usd\":\"").append(row.cost.toUsd());
    out.append("\",\"presumed_usd\":\"").append(row.presumed.toUsd()).append("\"}");
  }

  private static void appendDay(StringBuilder out, Optional<LocalDate> day) {
    if (day.isEmpty()) {
      out.append("null");
    } else {
      Json.appendString(out, day.get().toString());
    }
  }

  private static Row row(List<String> names, UsageLine line) {
    return new Row(
        names,
        line.calls(),
        line.inputTokens(),
        line.cachedInputTokens(),
        line.outputTokens(),
        line.reasoningTokens(),
        Money.ofNanos(line.nanos()),
        Money.ofNanos(line.presumedNanos()));
  }

  private static Comparator<List<String>> byNames() {
    return (a, b) -> {
      for (int i = 0; i < a.size(); i++) {
        int order = a.get(i).compareTo(b.get(i));
        if (order != 0) {
          return order;
        }
      }
      return 0;
    };
  }
}
