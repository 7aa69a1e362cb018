package dev.ponder.gateway.telemetry;

import java.util.Locale;

/** How one call of an upstream ended: the label {@code outcome} of upstream metrics. */
public enum AttemptOutcome {
  OK,
  HTTP_4XX,
  HTTP_429,
  HTTP_5XX,
  TIMEOUT,
  CONNECT_ERROR,
  RESET,
  BAD_RESPONSE,
  CANCELLED;

  private final String label = name().toLowerCase(Locale.ROOT);

  public String label() {
    return label;
  }

  /** The outcome of a response with this status, if nothing goes wrong after its head. */
  public static AttemptOutcome ofStatus(int status) {
    if (status < 400) {
      return OK;
    }
    if (status == 429) {
      return HTTP_429;
    }
    return status < 500 ? HTTP_4XX : HTTP_5XX;
  }
}
