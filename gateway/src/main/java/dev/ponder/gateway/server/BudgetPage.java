package dev.ponder.gateway.server;

import dev.ponder.budget.AccountKey;
import dev.ponder.budget.Balance;
import dev.ponder.budget.Period;
import dev.ponder.gateway.treasury.PacedAccount;
import dev.ponder.gateway.treasury.Treasury;
import dev.ponder.gateway.wire.Json;
import dev.ponder.price.Money;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The answer to {@code GET /admin/v1/budgets}: every budget with its window and its money. */
final class BudgetPage {

  /** A projection needs some of the window behind it: before that it would be a guess. */
  private static final double LEAST_ELAPSED = 0.01;

  private BudgetPage() {}

  static String toJson(Treasury treasury) {
    Instant now = treasury.now();
    StringBuilder out = new StringBuilder(1024).append("{\"budgets\":[");
    String separator = "";
    for (Balance balance : treasury.balances()) {
      out.append(separator);
      budget(out, balance, treasury.pacedAt(balance.key()), now);
      separator = ",";
    }
    return out.append("]}").toString();
  }

  /** The models whose maximum is set aside because they wrote more than their limit allowed. */
  static String capBreakers(Treasury treasury) {
    StringBuilder out = new StringBuilder("{\"models\":[");
    String separator = "";
    for (Map.Entry<String, Long> model :
        new TreeMap<>(treasury.ledger().capBreakers()).entrySet()) {
      text(out.append(separator).append('{'), "name", model.getKey());
      out.append(",\"tokens\":").append(model.getValue()).append('}');
      separator = ",";
    }
    return out.append("]}").toString();
  }

  private static void budget(
      StringBuilder out, Balance balance, Optional<PacedAccount> paced, Instant now) {
    Period period = balance.period();
    double elapsed = period.elapsedRatio(now);
    out.append("{\"name\":");
    Json.appendString(out, balance.key().policy());
    scope(out.append(",\"scope\":"), balance.key());
    text(out.append(",\"window\":{"), "id", period.id());
    text(out.append(','), "start", period.start().toString());
    text(out.append(','), "end", period.end().toString());
    out.append('}');
    money(out, "limit_usd", balance.budget().limit());
    money(out, "posted_usd", balance.posted());
    money(out, "pending_usd", balance.pending());
    money(out, "remaining_usd", balance.available());
    out.append(",\"elapsed_ratio\":").append(rounded(elapsed));
    out.append(",\"hard\":").append(balance.hard());
    out.append(",\"shadow_price\":");
    out.append(paced.map(p -> rounded(p.shadowPrice(now))).orElse("null"));
    if (elapsed >= LEAST_ELAPSED) {
      money(out, "projected_usd", projected(balance.posted(), elapsed));
    } else {
      out.append(",\"projected_usd\":null");
    }
    out.append(',');
    if (balance.exhaustedAt().isPresent()) {
      text(out, "exhausted_at", balance.exhaustedAt().get().toString());
    } else {
      out.append("\"exhausted_at\":null");
    }
    out.append('}');
  }

  private static void scope(StringBuilder out, AccountKey key) {
    switch (key.each()) {
      case ALL -> out.append("{}");
      case TEAM -> text(out.append('{'), "team", key.owner()).append('}');
      case KEY -> text(out.append('{'), "key", key.owner()).append('}');
    }
  }

  /** What the window would end with if money went on as it did so far. */
  private static Money projected(Money posted, double elapsed) {
    double nanos = posted.nanos() / elapsed;
    return Money.ofNanos(nanos >= Long.MAX_VALUE ? Long.MAX_VALUE : Math.round(nanos));
  }

  private static String rounded(double number) {
    return new BigDecimal(number).round(new MathContext(6)).stripTrailingZeros().toPlainString();
  }

  private static void money(StringBuilder out, String name, Money amount) {
    out.append(',');
    text(out, name, amount.toUsd());
  }

  private static StringBuilder text(StringBuilder out, String name, String value) {
    out.append('"').append(name).append("\":");
    Json.appendString(out, value);
    return out;
  }
}
