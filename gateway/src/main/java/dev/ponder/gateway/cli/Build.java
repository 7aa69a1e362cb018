package dev.ponder.gateway.cli;

import dev.ponder.gateway.telemetry.Meters;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/**
 * What is running.
 *
 * @param version of Ponder
 * @param revision the git commit it was built of; {@code unknown} without a repository
 * @param java the version of the running JDK
 */
record Build(String version, String revision, String java) {

  static Build current() {
    Properties properties = new Properties();
    try (InputStream in = Build.class.getResourceAsStream("/dev/ponder/gateway/build.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Build(
        properties.getProperty("version", "unknown"),
        properties.getProperty("revision", "unknown"),
        System.getProperty("java.version", "unknown"));
  }

  void register(PrometheusRegistry registry) {
    Meters.register(registry, version, revision, java);
  }

  /** {@code ponder 0.1.0 (a1b2c3d, JDK 17.0.15)}. */
  @Override
  public String toString() {
    return "ponder " + version + " (" + revision + ", JDK " + java + ")";
  }

  /** For {@code --version}. */
  static final class Provider implements IVersionProvider {

    @Override
    public String[] getVersion() {
      return new String[] {current().toString()};
    }
  }
}
