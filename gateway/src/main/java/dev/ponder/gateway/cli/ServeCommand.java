package dev.ponder.gateway.cli;

import dev.ponder.config.Configuration;
import dev.ponder.config.Configuration.Logs;
import dev.ponder.config.ConfigurationReader;
import dev.ponder.gateway.ledger.LedgerInUseException;
import dev.ponder.gateway.server.Gateway;
import dev.ponder.gateway.telemetry.LogOutput;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ponder serve}: runs the gateway until it is told to stop. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description =
        "Run the gateway. SIGTERM lets running answers finish, then ends it; another one ends it"
            + " at once.")
final class ServeCommand implements Callable<Integer> {

  private static final int FAILED = 1;
  private static final int WRONG_USE = 2;

  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration (default: $$PONDER_CONFIG, else ./ponder.yaml).")
  private @Nullable Path config;

  @Option(
      names = "--log-format",
      paramLabel = "text|json",
      description =
          "How log lines look (default: $$PONDER_LOG_FORMAT, else telemetry.logs.format).")
  private @Nullable String logFormat;

  @Override
  public Integer call() throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    Path file = file();
    byte[] bytes;
    ConfigurationReader.Result read;
    try {
      bytes = ConfigurationFile.bytes(file);
      read = ConfigurationFile.parse(file, bytes);
    } catch (IOException e) {
      err.println(e.getMessage());
      return WRONG_USE;
    }
    read.problems().forEach(err::println);
    Optional<Configuration> configuration = read.configuration();
    if (configuration.isEmpty()) {
      return WRONG_USE;
    }
    Logs logs;
    try {
      logs = LogOptions.of(configuration.get().telemetry().logs(), logFormat, System.getenv());
    } catch (IllegalArgumentException e) {
      err.println("ponder: " + e.getMessage());
      return WRONG_USE;
    }
    LogOutput output = LogOutput.install(logs);
    try {
      return serve(file, bytes, configuration.get(), logs, output);
    } finally {
      output.finish();
    }
  }

  private int serve(
      Path file, byte[] bytes, Configuration configuration, Logs logs, LogOutput output)
      throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    int loops = Runtime.getRuntime().availableProcessors();
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops).setPreferNativeTransport(true));
    PrometheusRegistry registry = new PrometheusRegistry();
    Build.current().register(registry);
    Gateway gateway;
    try {
      gateway =
          Gateway.start(vertx, configuration, System.getenv(), registry, loops)
              .await(30, TimeUnit.SECONDS);
    } catch (LedgerInUseException e) {
      err.println("ponder: cannot start: ledger: " + e.getMessage());
      vertx.close().await();
      return FAILED;
    } catch (IOException e) {
      err.println("ponder: " + file + ": " + e.getMessage());
      vertx.close().await();
      return WRONG_USE;
    } catch (Exception e) {
      err.println("ponder: cannot start: " + e.getMessage());
      vertx.close().await();
      return FAILED;
    }
    ConfigurationWatch watch = new ConfigurationWatch(file, gateway, bytes);
    watch.start(vertx);
    Signals.on("HUP", watch::reload);
    Stopping.onSignal(vertx, gateway, output);
    announce(configuration.listen(), gateway, logs); // only now: a signal may follow at once
    bindJvm(registry);
    Thread.currentThread().join();
    return 0;
  }

  private Path file() {
    if (config != null) {
      return config;
    }
    String named = System.getenv("PONDER_CONFIG");
    return Path.of(named == null || named.isBlank() ? "ponder.yaml" : named);
  }

  /** Beside lines of JSON only on the other stream: whoever reads those expects nothing else. */
  private void announce(Configuration.Listen listen, Gateway gateway, Logs logs) {
    boolean mixed = logs.format() == Logs.Format.JSON && logs.to() == Logs.Target.STDOUT;
    PrintWriter out = mixed ? spec.commandLine().getErr() : spec.commandLine().getOut();
    out.println(
        "ponder ready: api "
            + url(listen.apiHost(), gateway.apiPort())
            + "/v1 admin "
            + url(listen.adminHost(), gateway.adminPort()));
    out.flush();
  }

  /** With brackets around an IPv6 address: its colons would be taken for the port's. */
  static String url(String host, int port) {
    return "http://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }

  /** After the ports are open: nobody needs the heap's size in the first half second. */
  static void bindJvm(PrometheusRegistry registry) {
    PrometheusMeterRegistry meters =
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, registry, Clock.SYSTEM);
    new ClassLoaderMetrics().bindTo(meters);
    new JvmMemoryMetrics().bindTo(meters);
    new JvmThreadMetrics().bindTo(meters);
    new JvmGcMetrics().bindTo(meters);
    new ProcessorMetrics().bindTo(meters);
    new UptimeMetrics().bindTo(meters);
  }
}
