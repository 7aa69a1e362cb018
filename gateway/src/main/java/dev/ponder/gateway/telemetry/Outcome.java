package dev.ponder.gateway.telemetry;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How an exchange ended, as the caller saw it: the label {@code outcome}. */
public enum Outcome {
  SUCCESS,
  CLIENT_ERROR,
  AUTH_DENIED,
  RATE_LIMITED,
  BUDGET_DENIED,
  POLICY_DENIED,
  UPSTREAM_ERROR,
  TIMEOUT,
  OVERLOADED,
  CANCELLED,
  INTERNAL_ERROR;

  private final String label = name().toLowerCase(Locale.ROOT);

  public String label() {
    return label;
  }

  /**
   * The outcome that a refusal of the gateway stands for.
   *
   * @param code the error's code; null if it has none
   */
  public static Outcome ofRefusal(int status, @Nullable String code) {
    if ("insufficient_quota".equals(code)) {
      return BUDGET_DENIED;
    }
    if ("request_too_expensive".equals(code)) {
      return POLICY_DENIED;
    }
    return switch (status) {
      case 401, 403 -> AUTH_DENIED;
      case 429 -> RATE_LIMITED;
      case 500 -> INTERNAL_ERROR;
      case 502 -> UPSTREAM_ERROR;
      case 503 -> OVERLOADED;
      case 504 -> TIMEOUT;
      default -> CLIENT_ERROR;
    };
  }

  /** The outcome of passing on an upstream's status. */
  public static Outcome ofUpstreamStatus(int status) {
    if (status < 400) {
      return SUCCESS;
    }
    if (status == 429) {
      return RATE_LIMITED;
    }
    return status < 500 ? CLIENT_ERROR : UPSTREAM_ERROR;
  }
}
