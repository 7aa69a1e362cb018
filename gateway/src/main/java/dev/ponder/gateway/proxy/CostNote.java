package dev.ponder.gateway.proxy;

import java.nio.charset.StandardCharsets;

/** What a stream's usage is told of its cost, as it stands then. */
final class CostNote {

  private final Exchange exchange;

  CostNote(Exchange exchange) {
    this.exchange = exchange;
  }

  /** A member that is put at the end of the usage chunk. */
  byte[] member() {
    String note = ",\"ponder\":{\"cost_usd\":" + usd() + "}";
    return note.getBytes(StandardCharsets.UTF_8);
  }

  /** The cost in USD, without an exponent. */
  String usd() {
    StringBuilder usd = new StringBuilder(24);
    exchange.record().cost().appendUsd(usd);
    return usd.toString();
  }
}
