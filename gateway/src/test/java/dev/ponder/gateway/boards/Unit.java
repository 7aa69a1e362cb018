package dev.ponder.gateway.boards;

/** What the numbers of a panel are, by the name that Grafana has for it. */
enum Unit {
  REQUESTS_PER_SECOND("reqps"),
  PER_SECOND("cps"),
  SECONDS("s"),
  SHARE("percentunit"),
  USD("currencyUSD"),
  COUNT("short"),
  BYTES("bytes"),
  /** Milliseconds since 1970, shown as the time that has passed. */
  AGO("dateTimeFromNow");

  private final String id;

  Unit(String id) {
    this.id = id;
  }

  String id() {
    return id;
  }
}
