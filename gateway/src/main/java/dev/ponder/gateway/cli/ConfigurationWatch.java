package dev.ponder.gateway.cli;

import dev.ponder.config.ConfigurationReader;
import dev.ponder.config.Problem;
import dev.ponder.gateway.server.Gateway;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration again when the file's bytes change or somebody asks for it.
 *
 * <p>It looks every two seconds instead of listening to the file system: a mounted ConfigMap
 * changes by a swap of links, which watching the file would miss. A file that cannot be served is
 * reported once, and the one before is served on.
 */
final class ConfigurationWatch {

  private static final Logger LOG = LoggerFactory.getLogger(ConfigurationWatch.class);
  private static final long PERIOD_MILLIS = 2_000;

  /** A file that cannot be read so many times in a row is gone. */
  private static final int GONE = 2;

  private final Path file;
  private final Gateway gateway;
  private byte[] seen;

  /** How many times in a row the file could not be read. */
  private int misses;

  /**
   * A watch over a file that is served.
   *
   * @param served its bytes, as the gateway was started with them
   */
  ConfigurationWatch(Path file, Gateway gateway, byte[] served) {
    this.file = file;
    this.gateway = gateway;
    this.seen = served.clone();
  }

  void start(Vertx vertx) {
    vertx.setPeriodic(
        PERIOD_MILLIS,
        timer ->
            vertx.executeBlocking(
                () -> {
                  look();
                  return true;
                }));
  }

  /** Reloads if the file has changed, or can be read again. */
  synchronized void look() {
    byte[] present;
    try {
      present = ConfigurationFile.bytes(file);
    } catch (IOException e) {
      misses++;
      if (misses == GONE) { // else in the middle of a swap, or told of before
        refuse(e);
      }
      return;
    }
    if (misses >= GONE || !Arrays.equals(present, seen)) {
      load(present);
    }
    misses = 0;
  }

  /** Reloads whether or not the file has changed: a secret may have. */
  synchronized void reload() {
    byte[] present;
    try {
      present = ConfigurationFile.bytes(file);
    } catch (IOException e) {
      misses = GONE;
      refuse(e);
      return;
    }
    misses = 0;
    load(present);
  }

  private void refuse(IOException why) {
    LOG.error("event=config_refused file={} error=\"{}\"", file, why.getMessage());
    gateway.reloadFailed();
  }

  private void load(byte[] present) {
    seen = present;
    try {
      ConfigurationReader.Result result = ConfigurationFile.parse(file, present);
      for (Problem problem : result.problems()) {
        LOG.warn("event=config_problem problem=\"{}\"", problem);
      }
      if (result.configuration().isPresent()) {
        gateway.reload(result.configuration().get());
        LOG.info("event=config_reloaded file={}", file);
        return;
      }
      LOG.error("event=config_refused file={} problems={}", file, result.problems().size());
    } catch (IOException e) {
      LOG.error("event=config_refused file={} error=\"{}\"", file, e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("event=bug file={}", file, e);
    }
    gateway.reloadFailed();
  }
}
