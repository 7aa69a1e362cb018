package dev.ponder.gateway;

import dev.ponder.gateway.stub.StubCall;
import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What calls cost by the gateway's word and by the stub's, to be compared nano by nano. */
final class Ledger {

  /** The prices of {@link Scenes#TWO_TIERS}, by the upstream's name of the model. */
  static final Map<String, ModelPrice> PRICES =
      Map.of(
          "stub-mini", price("0.40", "0.10", "1.60"),
          "stub-thinker", price("2.00", "0.50", "8.00"));

  private static final Pattern NOTE =
      Pattern.compile(",\"ponder\":\\{\"cost_usd\":([0-9]+(?:\\.[0-9]+)?)}");

  private Money total = Money.ZERO;

  private static ModelPrice price(String input, String cached, String output) {
    Money in = usd(input);
    return new ModelPrice(in, usd(cached), in, usd(output), usd(output));
  }

  static Money usd(String text) {
    return Money.ofUsd(new BigDecimal(text));
  }

  /** Adds what an answer says of its cost, in its header or in its usage chunk. */
  Money add(RawHttp.Response response) {
    String text =
        response
            .header("x-ponder-cost-usd")
            .orElseGet(
                () -> {
                  Matcher note = NOTE.matcher(response.text());
                  if (!note.find()) {
                    throw new AssertionError("no cost in " + response.text());
                  }
                  return note.group(1);
                });
    Money cost = usd(text);
    total = total.plus(cost);
    return cost;
  }

  Money total() {
    return total;
  }

  /** What these calls cost, each rounded up by itself. */
  static Money of(List<StubCall> calls) {
    return calls.stream()
        .map(call -> PRICES.get(call.model()).of(call.usage()))
        .reduce(Money.ZERO, Money::plus);
  }
}
