package dev.ponder.gateway.telemetry;

import java.util.Locale;

/** A part of what the gateway adds to a request: the label {@code phase}. */
enum Phase {
  /** All of it: from the body's last byte to the end, without upstreams and waiting for money. */
  TOTAL,
  /** Reading the body. */
  PARSE,
  /** Scoring it. */
  CLASSIFY,
  /** Deciding, pacing and limits on the share of reasoning models included. */
  POLICY,
  /** Setting money aside. */
  BUDGET,
  /** Waiting for money, of those requests that did. */
  QUEUE;

  private final String label = name().toLowerCase(Locale.ROOT);

  String label() {
    return label;
  }
}
