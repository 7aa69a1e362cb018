package dev.ponder.gateway;

import dev.ponder.config.Configuration;
import dev.ponder.config.ConfigurationReader;
import dev.ponder.config.PriceBook;
import dev.ponder.gateway.server.Gateway;
import dev.ponder.gateway.stub.StubOptions;
import dev.ponder.gateway.stub.StubServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A gateway with a stub upstream behind it, both on free ports of the loopback interface.
 *
 * <p>In the YAML, {@code ${STUB}} stands for the stub's base URL ({@code http://…/v1}) and {@code
 * ${STUB_PORT}} for its port; the secret {@code env:STUB_KEY} is there. Without a {@code listen:}
 * of its own it gets free ports. {@link #close} ends all of it.
 */
public final class RunningGateway implements AutoCloseable {

  /** The day that prices and keys are aged by. */
  private static final LocalDate TODAY = LocalDate.of(2026, 11, 23);

  private static final Map<String, String> ENVIRONMENT = Map.of("STUB_KEY", "stub-secret");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int LOOPS = 2;

  private final Vertx vertx;
  private final StubServer stub;
  private final Gateway gateway;
  private final PrometheusRegistry registry;

  private RunningGateway(
      Vertx vertx, StubServer stub, Gateway gateway, PrometheusRegistry registry) {
    this.vertx = vertx;
    this.stub = stub;
    this.gateway = gateway;
    this.registry = registry;
  }

  /** Starts both; fails with every mistake that the YAML has. */
  public static RunningGateway start(String yaml) {
    return start(yaml, StubOptions.standard());
  }

  /** Starts both, the stub with options of its own. */
  public static RunningGateway start(String yaml, StubOptions options) {
    return start(yaml, options, Clock.systemUTC());
  }

  /** Starts both, the gateway with a clock of its own. */
  static RunningGateway start(String yaml, StubOptions options, Clock clock) {
    return start(yaml, options, clock, Map.of());
  }

  /** Starts both, the gateway with more in its environment. */
  static RunningGateway startIn(Map<String, String> environment, String yaml) {
    return start(yaml, StubOptions.standard(), Clock.systemUTC(), environment);
  }

  private static RunningGateway start(
      String yaml, StubOptions options, Clock clock, Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(ENVIRONMENT);
    environment.putAll(more);
    Vertx vertx = Vertx.vertx();
    try {
      StubServer stub = await(StubServer.start(vertx, options));
      PrometheusRegistry registry = new PrometheusRegistry();
      Configuration configuration = read(yaml, stub);
      Gateway gateway =
          await(Gateway.start(vertx, configuration, environment, registry, LOOPS, clock));
      return new RunningGateway(vertx, stub, gateway, registry);
    } catch (IOException | RuntimeException | Error e) {
      await(vertx.close());
      throw new AssertionError("the gateway did not start", e);
    }
  }

  private static Configuration read(String yaml, StubServer stub) {
    String text =
        yaml.replace("${STUB}", stub.baseUrl())
            .replace("${STUB_PORT}", Integer.toString(stub.port()));
    if (!text.contains("listen:")) { // at the end, so that the lines keep their numbers
      text = text.stripTrailing() + "\nlisten: { api: 127.0.0.1:0, admin: 127.0.0.1:0 }\n";
    }
    ConfigurationReader.Result result =
        ConfigurationReader.read("ponder.yaml", text, PriceBook.bundled(), TODAY);
    return result
        .configuration()
        .orElseThrow(() -> new AssertionError(result.problems().toString()));
  }

  /** Serves another configuration from the next request on. */
  void reload(String yaml) {
    try {
      gateway.reload(read(yaml, stub));
    } catch (IOException e) {
      throw new AssertionError("not reloaded", e);
    }
  }

  /** {@code http://host:port/v1}, the base URL of an OpenAI client. */
  public String apiUrl() {
    return "http://127.0.0.1:" + gateway.apiPort() + "/v1";
  }

  /** {@code http://host:port} of metrics, health and the admin API. */
  public String adminUrl() {
    return "http://127.0.0.1:" + gateway.adminPort();
  }

  /** The upstream, with the log of what reached it. */
  public StubServer stub() {
    return stub;
  }

  /** The gateway's metrics. */
  public PrometheusRegistry registry() {
    return registry;
  }

  /** The result of a future, which must succeed within 30 seconds. */
  public static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Takes no more requests; the admin port goes on answering until {@link #close}. */
  public void drain() {
    await(gateway.stop(Duration.ZERO));
  }

  @Override
  public void close() {
    try {
      await(gateway.stop(Duration.ZERO)); // leaves the vertx to whoever made it
    } finally {
      await(vertx.close());
      gateway.close();
    }
  }
}
