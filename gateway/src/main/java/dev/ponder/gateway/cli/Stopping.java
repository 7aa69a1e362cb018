package dev.ponder.gateway.cli;

import dev.ponder.gateway.server.Gateway;
import dev.ponder.gateway.telemetry.LogOutput;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a gateway: in order at the first signal, at once at the second. What a call owes that
 * is cut off by the second one stands in the ledger, and is presumed spent at the next start.
 */
final class Stopping {

  private static final Logger LOG = LoggerFactory.getLogger(Stopping.class);
  private static final int FAILED = 1;

  /** What shells make of a process that a signal ended. */
  private static final int SIGNALLED = 128;

  private static final int INT = 2;
  private static final int TERM = 15;

  private final Vertx vertx;
  private final Gateway gateway;
  private final LogOutput output;
  private final AtomicBoolean begun = new AtomicBoolean();

  private Stopping(Vertx vertx, Gateway gateway, LogOutput output) {
    this.vertx = vertx;
    this.gateway = gateway;
    this.output = output;
  }

  /** Ends it on signals, and where they are not to be had, with the virtual machine. */
  static void onSignal(Vertx vertx, Gateway gateway, LogOutput output) {
    Stopping stopping = new Stopping(vertx, gateway, output);
    Signals.on("TERM", () -> stopping.signalled(TERM));
    Signals.on("INT", () -> stopping.signalled(INT));
    Runtime.getRuntime().addShutdownHook(new Thread(stopping::stopOnce, "stop"));
  }

  /** Each signal has a thread of its own. */
  private void signalled(int signal) {
    if (!stopOnce()) {
      Runtime.getRuntime().halt(SIGNALLED + signal);
    }
  }

  /** Ends the process, unless that has begun. */
  private boolean stopOnce() {
    boolean first = begun.compareAndSet(false, true);
    if (first) {
      stop();
    }
    return first;
  }

  private void stop() {
    LOG.info("event=stopping");
    int code = 0; // an orderly end is not a failure
    try {
      gateway.stop().await();
      vertx.close().await();
    } catch (RuntimeException e) {
      LOG.error("event=stop_failed", e);
      code = FAILED;
    }
    gateway.close();
    LOG.info("event=stopped");
    output.finish();
    Runtime.getRuntime().halt(code);
  }
}
