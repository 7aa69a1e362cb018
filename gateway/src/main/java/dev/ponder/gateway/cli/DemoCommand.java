package dev.ponder.gateway.cli;

import dev.ponder.config.Configuration;
import dev.ponder.config.ConfigurationReader;
import dev.ponder.config.PriceBook;
import dev.ponder.gateway.server.Gateway;
import dev.ponder.gateway.stub.StubOptions;
import dev.ponder.gateway.stub.StubScript;
import dev.ponder.gateway.stub.StubServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ponder demo}: the whole thing in one process, without a key and without money. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Start a stub upstream and the gateway, send some forty prompts through `auto`, show what",
      "went where and what it saved, then keep serving. No key, no configuration, no money."
    })
final class DemoCommand implements Callable<Integer> {

  /** The prices are those of well-known models; the answers come from the stub. */
  private static final String YAML =
      """
      listen: { api: "127.0.0.1:%d", admin: "127.0.0.1:%d" }
      upstreams:
        stub: { base_url: "http://127.0.0.1:%d/v1" }
      models:
        mini:    { served_by: stub/gpt-4.1-mini }
        thinker: { served_by: stub/o3 }
      routes:
        auto: [ mini, thinker ]
      """;

  @Spec private CommandSpec spec;

  @Option(names = "--exit", description = "Stop after the table.")
  private boolean exit;

  @Override
  public Integer call() throws Exception {
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    PrintWriter out = spec.commandLine().getOut();
    try {
      StubServer stub = StubServer.start(vertx, stub()).await(10, TimeUnit.SECONDS);
      Configuration configuration = configuration(stub.port());
      PrometheusRegistry registry = new PrometheusRegistry();
      Build.current().register(registry);
      Gateway gateway =
          Gateway.start(vertx, configuration, Map.of(), registry, 1).await(10, TimeUnit.SECONDS);
      DemoTraffic traffic = new DemoTraffic(gateway.apiPort());
      boolean terminal = Boolean.getBoolean("ponder.terminal"); // the launcher knows
      out.print(DemoTable.of(System.getenv(), terminal).render(traffic.send()));
      out.flush();
      if (exit) {
        return 0;
      }
      ServeCommand.bindJvm(registry);
      out.print(hints(gateway));
      out.flush();
      Thread.currentThread().join();
      return 0;
    } finally {
      vertx.close().await();
    }
  }

  private static StubOptions stub() {
    return StubOptions.standard()
        .withDefaults(StubScript.parse("tokens=~160"))
        .withModel("o3", StubScript.parse("tokens=~220; reasoning=~1400"));
  }

  private static Configuration configuration(int stubPort) {
    String yaml = YAML.formatted(freeOr0(8080), freeOr0(8081), stubPort);
    ConfigurationReader.Result result =
        ConfigurationReader.read(
            "demo.yaml", yaml, PriceBook.bundled(), LocalDate.now(ZoneOffset.UTC));
    return result
        .configuration()
        .orElseThrow(() -> new IllegalStateException(result.problems().toString()));
  }

  /** The port if nobody has it, so that the demo also runs beside another gateway. */
  private static int freeOr0(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException taken) {
      return 0;
    }
  }

  private static String hints(Gateway gateway) {
    String api = "http://127.0.0.1:" + gateway.apiPort() + "/v1";
    return """

        Still serving; stop it with Ctrl-C. Ask it something:
          curl -i %s/chat/completions -d \
        '{"model": "auto", "messages": [{"role": "user", "content": "Hello!"}]}'
        or point an OpenAI SDK at it: base URL %s, any key, model auto.
        Why a model was chosen: add  -H 'x-ponder-dry-run: true'
        Metrics: http://127.0.0.1:%d/metrics
        """
        .formatted(api, api, gateway.adminPort());
  }
}
