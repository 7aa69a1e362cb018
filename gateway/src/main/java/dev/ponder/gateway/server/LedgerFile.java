package dev.ponder.gateway.server;

import dev.ponder.config.Configuration;
import dev.ponder.gateway.ledger.Ledger;
import dev.ponder.gateway.ledger.MemoryLedger;
import dev.ponder.gateway.ledger.SqliteLedger;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;

/** The file of the books, where there is one; else they are in memory. */
final class LedgerFile {

  private LedgerFile() {}

  static Ledger open(Configuration.Ledger where, Clock clock) throws IOException {
    return where.path().isEmpty()
        ? new MemoryLedger()
        : SqliteLedger.open(Path.of(where.path().get()), where.retention(), clock);
  }
}
