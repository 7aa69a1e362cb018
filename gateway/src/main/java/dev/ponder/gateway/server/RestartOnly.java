package dev.ponder.gateway.server;

import dev.ponder.config.Configuration;
import dev.ponder.gateway.telemetry.LogOutput;
import java.io.IOException;

/** What servers, files and exporters get once, when they start, so that no reload changes it. */
final class RestartOnly {

  private RestartOnly() {}

  /**
   * Demands that a configuration to be loaded agrees in these with the one that was started with.
   *
   * @throws IOException if it does not; names the key
   */
  static void demandSame(Configuration next, Configuration started) throws IOException {
    if (!next.listen().equals(started.listen())) {
      throw new IOException("listen: cannot change while running (expected: a restart)");
    }
    if (next.limits().headerBytes() != started.limits().headerBytes()) {
      throw new IOException("limits.header: cannot change while running (expected: a restart)");
    }
    if (!next.ledger().path().equals(started.ledger().path())) {
      throw new IOException("ledger: cannot change while running (expected: a restart)");
    }
    if (!next.ledger().retention().equals(started.ledger().retention())) {
      throw new IOException("ledger.retention: cannot change while running (expected: a restart)");
    }
    if (!next.telemetry().traces().equals(started.telemetry().traces())) {
      throw new IOException("telemetry.traces: cannot change while running (expected: a restart)");
    }
    if (!LogOutput.sameLines(next.telemetry().logs(), started.telemetry().logs())) {
      throw new IOException(
          "telemetry.logs: format and to cannot change while running (expected: a restart)");
    }
    MetricsPage.demandSame(next.telemetry(), started.telemetry());
    int silence = ApiVerticle.idleSeconds(started);
    if (ApiVerticle.idleSeconds(next) > silence) {
      throw new IOException(
          "upstreams: a timeout is too long for connections that end after "
              + silence
              + " s of silence (expected: a restart)");
    }
  }
}
