package dev.ponder.gateway.cli;

import dev.ponder.classify.Classifier;
import dev.ponder.classify.ScoreDistribution;
import dev.ponder.config.Configuration;
import dev.ponder.config.ConfigurationReader;
import dev.ponder.gateway.ledger.Ledger;
import dev.ponder.gateway.ledger.LedgerSnapshot;
import dev.ponder.gateway.ledger.MemoryLedger;
import dev.ponder.gateway.proxy.Affinity;
import dev.ponder.gateway.proxy.Explainer;
import dev.ponder.gateway.proxy.House;
import dev.ponder.gateway.proxy.ResponseStore;
import dev.ponder.gateway.proxy.ScoreTrackers;
import dev.ponder.gateway.server.ModelFile;
import dev.ponder.gateway.telemetry.Meters;
import dev.ponder.gateway.telemetry.RecentDecisions;
import dev.ponder.gateway.treasury.Purses;
import dev.ponder.gateway.treasury.Treasury;
import dev.ponder.gateway.upstream.Fleet;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.policy.PolicySet;
import dev.ponder.policy.Router;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ponder explain}: why a request would go where it goes. Calls nobody. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = {
      "Why a request would go where it goes, and what every other tier would cost.",
      "Calls nobody and fetches no secret. Budgets are read from the ledger's file; what a",
      "running gateway has learnt or holds, its POST /admin/v1/explain knows."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:explained, also where the answer is a refusal for want of money",
      "1:the request is wrong, or names a model that is not configured",
      "2:wrong use or invalid configuration"
    })
final class ExplainCommand implements Callable<Integer> {

  private static final int FAILED = 1;
  private static final int WRONG_USE = 2;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "REQUEST.json",
      description = "The body of a request, in any dialect; `-` is standard input.")
  private String file = "-";

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration (default: $$PONDER_CONFIG, else ./ponder.yaml).")
  private @Nullable Path config;

  @Option(names = "--key", paramLabel = "NAME", description = "The configured key that asks.")
  private @Nullable String key;

  @Option(
      names = "--effort",
      paramLabel = "HINT",
      description = "As the header x-ponder-effort: low, medium, high or 0.0..1.0.")
  private @Nullable String effort;

  @Option(names = "--tags", paramLabel = "K=V,…", description = "As the header x-ponder-tags.")
  private @Nullable String tags;

  @Option(
      names = "--dialect",
      paramLabel = "NAME",
      description =
          "What it is written in: chat, completions, embeddings, responses or messages (default:"
              + " as it looks).")
  private @Nullable String dialect;

  @Option(names = "--json", description = "One JSON document, as the admin address gives it.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Configuration configuration;
    House house;
    try {
      ConfigurationReader.Result read = ConfigurationFile.read(configFile());
      if (read.configuration().isEmpty()) {
        read.problems().forEach(err::println);
        return WRONG_USE;
      }
      configuration = read.configuration().get();
      house = house(configuration);
    } catch (IOException e) {
      err.println(e.getMessage());
      return WRONG_USE;
    }
    Explainer explainer;
    try {
      explainer = new Explainer(house, key, tags, effort, dialect);
    } catch (ApiError e) {
      throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage());
    }
    byte[] body = body(configuration.limits().bodyBytes());
    try {
      JsonObject explanation = explainer.explain(body, body.length);
      if (configuration.ownClassifier().isPresent() && !json) {
        err.println("note: the classifier at the configured URL is not asked");
      }
      out.print(json ? explanation.encodePrettily() + "\n" : ExplainText.of(explanation));
      out.flush();
      return 0;
    } catch (ApiError e) {
      err.println(file + ": " + e.getMessage());
      return FAILED;
    }
  }

  private Path configFile() {
    String named = System.getenv("PONDER_CONFIG");
    return config != null
        ? config
        : Path.of(named == null || named.isBlank() ? "ponder.yaml" : named);
  }

  /** What a gateway would have built, without its sockets and threads. */
  private static House house(Configuration configuration) throws IOException {
    Clock clock = Clock.systemUTC();
    Optional<String> path = configuration.ledger().path();
    Ledger ledger =
        path.isEmpty()
            ? new MemoryLedger()
            : LedgerSnapshot.read(Path.of(path.get()), clock.instant());
    Meters meters = new Meters(new PrometheusRegistry());
    Treasury treasury = new Treasury(ledger, clock, meters.budgets());
    Purses purses = new Purses(treasury, new PolicySet(configuration.policies()));
    purses.apply();
    Classifier classifier = ModelFile.of(configuration);
    return new House(
        configuration,
        new Router(configuration.routes(), configuration.models()),
        Map.of(),
        classifier,
        Optional.empty(),
        ScoreTrackers.none()
            .next(configuration.routes(), classifier.name(), ScoreDistribution.SHIPPED),
        Optional.empty(),
        new Affinity(),
        meters,
        meters.series(configuration, List.of(classifier.name())),
        House.operations(meters),
        treasury,
        purses,
        new ResponseStore(System::nanoTime),
        new RecentDecisions(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Fleet.none().next(configuration.upstreams().values(), configuration.models().values(), 0),
        1);
  }

  private byte[] body(long most) {
    try (InputStream in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file))) {
      byte[] body = in.readNBytes((int) Math.min(most + 1, Integer.MAX_VALUE - 8));
      if (body.length > most) {
        throw wrongUse("too large (expected: at most " + most + " bytes, as limits.body says)");
      }
      return body;
    } catch (NoSuchFileException e) {
      throw wrongUse("no such file (expected: a request as JSON, or -)");
    } catch (IOException | InvalidPathException e) {
      throw wrongUse("cannot be read (expected: a request as JSON, or -)");
    }
  }

  private CommandLine.ParameterException wrongUse(String what) {
    return new CommandLine.ParameterException(spec.commandLine(), file + ": " + what);
  }
}
