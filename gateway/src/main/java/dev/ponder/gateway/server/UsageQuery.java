package dev.ponder.gateway.server;

import dev.ponder.gateway.ledger.UsageReport.Dimension;
import dev.ponder.gateway.ledger.UsageReport.Query;
import dev.ponder.gateway.wire.ApiError;
import io.vertx.core.MultiMap;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The parameters of {@code GET /admin/v1/usage}: {@code by}, {@code from} and {@code to}. */
final class UsageQuery {

  private static final int SHOWN_MAX = 40;

  private UsageQuery() {}

  /**
   * Reads them.
   *
   * @throws ApiError 400, naming the parameter
   */
  static Query of(MultiMap params) {
    List<Dimension> by = new ArrayList<>();
    String names = params.get("by");
    if (names != null && !names.isEmpty()) {
      for (String name : names.split(",", -1)) {
        by.add(
            Dimension.of(name.strip())
                .filter(dimension -> !by.contains(dimension))
                .orElseThrow(() -> wrong("by", name, "team, key, model, route or day, each once")));
      }
    }
    try {
      return new Query(by, day("from", params.get("from")), day("to", params.get("to")));
    } catch (IllegalArgumentException e) {
      throw ApiError.badRequest("from", String.valueOf(e.getMessage()));
    }
  }

  private static Optional<LocalDate> day(String param, @Nullable String text) {
    if (text == null || text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(LocalDate.parse(text));
    } catch (DateTimeParseException e) {
      throw wrong(param, text, "a day such as 2026-11-23");
    }
  }

  private static ApiError wrong(String param, String value, String expected) {
    String shown = value.substring(0, Math.min(SHOWN_MAX, value.length()));
    return ApiError.badRequest(param, param + ": " + shown + " (expected: " + expected + ")");
  }
}
