package dev.ponder.gateway.cli;

import dev.ponder.gateway.stub.Knob;
import dev.ponder.gateway.stub.StubOptions;
import dev.ponder.gateway.stub.StubScript;
import dev.ponder.gateway.stub.StubServer;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ponder stub}: the scriptable fake upstream, until it is told to stop. */
@Command(
    name = "stub",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs a fake upstream: no key, no model, no money.",
      "The same prompt, model and seed always get the same answer.",
      "",
      "Speaks, below any prefix: /chat/completions, /completions, /embeddings,",
      "/responses (also stored, in the background, /input_tokens, /compact),",
      "/messages (also /count_tokens), /models; and Azure's",
      "/openai/deployments/NAME/chat/completions?api-version=V. Any other path",
      "below /v1/ or /openai/ echoes: a body comes back byte for byte, x-stub-target",
      "and x-stub-headers say how it arrived; without a body that is the answer."
    },
    footerHeading = "%nScripting%n",
    footer = {
      "A script is a list such as: latency=2s; tokens=40..160; fail_first=1",
      "It can come from --script (all models), --model NAME:SCRIPT, the request",
      "header x-stub-script, the body's member \"stub\": {...}, or a first line",
      "\"stub: ...\" of the last user message; what is named later wins. --knobs",
      "lists all its words.",
      "",
      "A tool is called if tool_choice forces it, or if the last words of the user",
      "contain \"call the tool\" and no tool has answered yet.",
      "",
      "Models whose name contains o1, o3, r1, reason or think reason by default.",
      "",
      "Examples",
      "  ponder stub --port 9100",
      "  ponder stub --port 9100 --model mini:latency=200ms,tokens=120,tps=80 \\",
      "    --model thinker:first_byte=8s,tokens=~300,reasoning=~1500,tps=60",
      "  curl localhost:9100/v1/chat/completions -d '{\"model\": \"mini\", \"messages\":",
      "    [{\"role\": \"user\", \"content\": \"stub: fail=429; retry_after=3\"}]}'",
      "  curl localhost:9100/v1/responses -d '{\"model\": \"mini\", \"background\": true,",
      "    \"input\": \"stub: tokens=20; polls=3\"}'",
      "  curl 'localhost:9100/stub/log?last=5'"
    })
final class StubCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--port", defaultValue = "9100", description = "port, 0 for a free one")
  private int port;

  @Option(names = "--host", defaultValue = "127.0.0.1", description = "address to listen at")
  private String host = "";

  @Option(
      names = "--model",
      paramLabel = "NAME:SCRIPT",
      description = "how this model answers; repeatable")
  private List<String> models = List.of();

  @Option(names = "--script", defaultValue = "", description = "how every model answers")
  private String script = "";

  @Option(names = "--seed", defaultValue = "1", description = "changes every drawn length")
  private long seed;

  @Option(names = "--instances", defaultValue = "0", description = "event loops, 0 = one a core")
  private int instances;

  @Option(names = "--keep-calls", defaultValue = "10000", description = "calls the log remembers")
  private int keepCalls;

  @Option(names = "--keep-bodies", defaultValue = "100", description = "bodies it remembers")
  private int keepBodies;

  @Option(names = "--body-max", defaultValue = "134217728", description = "bytes of a body")
  private int bodyMax;

  @Option(names = "--require-key", paramLabel = "KEY", description = "refuse any other key: 401")
  private @Nullable String requireKey;

  @Option(names = "--knobs", description = "list the words of a script and exit")
  private boolean knobs;

  @Override
  public Integer call() throws InterruptedException {
    if (knobs) {
      print(knobTable());
      return 0;
    }
    StubOptions options = options();
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    CountDownLatch stopped = new CountDownLatch(1);
    try {
      StubServer server =
          StubServer.start(vertx, options).toCompletionStage().toCompletableFuture().get();
      print("stub: listening at " + server.baseUrl() + " (log: /stub/log)\n");
      Runtime.getRuntime().addShutdownHook(new Thread(stopped::countDown, "stub-stop"));
      stopped.await();
      return 0;
    } catch (ExecutionException e) {
      PrintWriter err = line().commandLine().getErr();
      err.println("stub: cannot listen at " + host + ":" + port + ": " + e.getCause());
      err.flush();
      return 1;
    } finally {
      vertx.close().onFailure(failure -> {}); // the process ends anyway
    }
  }

  /** What the flags say; a mistake in them is a wrong use of the command. */
  StubOptions options() {
    try {
      int loops = instances == 0 ? Runtime.getRuntime().availableProcessors() : instances;
      StubOptions options =
          new StubOptions(
              host,
              port,
              loops,
              seed,
              keepCalls,
              keepBodies,
              bodyMax,
              requireKey,
              StubScript.parse(script),
              Map.of());
      for (String model : models) {
        options = withModel(options, model);
      }
      return options;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(line().commandLine(), String.valueOf(e.getMessage()));
    }
  }

  /** A name may contain colons: the last one before the first {@code =} ends it. */
  private static StubOptions withModel(StubOptions options, String model) {
    int equals = model.indexOf('=');
    int colon = model.lastIndexOf(':', equals < 0 ? model.length() : equals);
    if (colon < 1) {
      throw new IllegalArgumentException("--model: " + model + " (expected: NAME:SCRIPT)");
    }
    return options.withModel(
        model.substring(0, colon), StubScript.parse(model.substring(colon + 1)));
  }

  private static String knobTable() {
    StringBuilder out = new StringBuilder();
    for (Knob knob : Knob.values()) {
      out.append(String.format("%-16s%s%n", knob.word(), knob.meaning()));
      out.append(String.format("%-16s  %s%n", "", knob.expected()));
    }
    return out.toString();
  }

  private void print(String text) {
    line().commandLine().getOut().print(text);
    line().commandLine().getOut().flush();
  }

  private CommandSpec line() {
    CommandSpec injected = spec;
    if (injected == null) {
      throw new IllegalStateException("not run by picocli");
    }
    return injected;
  }
}
