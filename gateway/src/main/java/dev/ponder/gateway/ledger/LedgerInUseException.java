package dev.ponder.gateway.ledger;

import java.io.IOException;

/** Somebody else has the ledger: not a mistake in what is configured, and over when they end. */
public final class LedgerInUseException extends IOException {

  private static final long serialVersionUID = 1L;

  LedgerInUseException(String message) {
    super(message);
  }
}
