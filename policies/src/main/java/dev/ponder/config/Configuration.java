package dev.ponder.config;

import dev.ponder.policy.Model;
import dev.ponder.policy.Policy;
import dev.ponder.policy.Route;
import dev.ponder.policy.SecretReference;
import dev.ponder.policy.Upstream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Everything that {@code ponder.yaml} says, checked and with its references resolved. Immutable;
 * the maps keep the order of the file.
 *
 * @param listen where the gateway listens
 * @param upstreams by name
 * @param models by name
 * @param routes by name
 * @param policies in the order of the file
 * @param keys in the order of the file; empty: anybody may ask, from the loopback only
 * @param limits the bounds of every request
 * @param decisions where decisions are logged
 * @param annotateUsage whether the usage chunk of a stream carries the cost
 * @param telemetry what is exported besides the metrics
 * @param admin what protects the admin API
 * @param ledger where the books are kept
 * @param modelFile the model to score questions by; absent: the one that ships
 * @param ownClassifier who scores questions in place of the built-in classifier; absent: nobody
 * @param cache what answers are kept; absent: none are
 * @param passthrough the upstream that takes the paths that are not interpreted; absent: none does
 */
public record Configuration(
    Listen listen,
    Map<String, Upstream> upstreams,
    Map<String, Model> models,
    Map<String, Route> routes,
    List<Policy> policies,
    List<Key> keys,
    Limits limits,
    Decisions decisions,
    boolean annotateUsage,
    Telemetry telemetry,
    Admin admin,
    Ledger ledger,
    Optional<String> modelFile,
    Optional<OwnClassifier> ownClassifier,
    Optional<AnswerCache> cache,
    Optional<String> passthrough) {

  /** What a key limited to some models must name to use {@code passthrough}. */
  public static final String PASSTHROUGH = "passthrough";

  public Configuration {
    upstreams = ordered(upstreams);
    models = ordered(models);
    routes = ordered(routes);
    policies = List.copyOf(policies);
    keys = List.copyOf(keys);
  }

  /** Unlike {@link Map#copyOf}, it keeps the order. */
  private static <T> Map<String, T> ordered(Map<String, T> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /**
   * The two addresses.
   *
   * @param apiHost host of the OpenAI-compatible endpoint
   * @param apiPort its port; 0: any free one
   * @param adminHost host of metrics, health and admin API
   * @param adminPort its port; 0: any free one
   */
  public record Listen(String apiHost, int apiPort, String adminHost, int adminPort) {}

  /**
   * A key that callers present, known by its hash only.
   *
   * @param name unique
   * @param team empty if none
   * @param tags its tags
   * @param sha256 the SHA-256 of the key, 64 lower-case hexadecimal digits
   * @param models the routes and models it may use; empty: all
   * @param expires when it stops working; absent: never
   */
  public record Key(
      String name,
      String team,
      Map<String, String> tags,
      String sha256,
      Set<String> models,
      Optional<Instant> expires) {

    public Key {
      tags = ordered(tags);
      models = Set.copyOf(models);
    }
  }

  /**
   * The bounds of every request.
   *
   * @param bodyBytes largest request body, after decompression
   * @param responseBytes largest plain answer that is held to read its usage
   * @param depth deepest nesting of a JSON body
   * @param headerBytes largest request head
   * @param keepAlive silence on a stream after which a comment is sent
   * @param shutdownDelay how long requests are still taken after a termination signal
   * @param drain how long running exchanges may go on after that
   * @param allowedOrigins origins that browsers may call from; {@code *}: all
   * @param budgetStatus the HTTP status of a refusal by a budget: 402, 403 or 429
   */
  public record Limits(
      long bodyBytes,
      long responseBytes,
      int depth,
      int headerBytes,
      Duration keepAlive,
      Duration shutdownDelay,
      Duration drain,
      List<String> allowedOrigins,
      int budgetStatus) {

    public Limits {
      allowedOrigins = List.copyOf(allowedOrigins);
    }
  }

  /**
   * The decision log.
   *
   * @param log {@code off}, {@code stdout} or {@code file:PATH}
   */
  public record Decisions(String log) {}

  /**
   * What is exported.
   *
   * @param tags names of tags that may become labels
   * @param tenants whether some metrics tell teams apart
   * @param nativeHistograms whether histograms have native buckets beside the classic ones
   * @param semconv which of OpenTelemetry's names for metrics are exported beside our own
   * @param traces where spans go
   * @param logs what the process writes about itself
   */
  public record Telemetry(
      List<String> tags,
      boolean tenants,
      boolean nativeHistograms,
      Semconv semconv,
      Traces traces,
      Logs logs) {

    public Telemetry {
      tags = List.copyOf(tags);
    }
  }

  /** OpenTelemetry's conventions for generative AI, which have no stable version. */
  public enum Semconv {
    /** None of them. */
    OFF,
    /** As they were in version 1.41, the last one before they got a repository of their own. */
    V1_41,
    /** As they are there now. */
    MAIN
  }

  /**
   * Where spans go.
   *
   * @param otlp the collector; absent: nowhere, unless the environment says so
   * @param sample the part of the traces that begin here, 0 to 1; absent: all
   * @param baggage whether the header {@code baggage} of a client is sent on to upstreams
   */
  public record Traces(Optional<URI> otlp, OptionalDouble sample, boolean baggage) {

    public static final Traces NONE = new Traces(Optional.empty(), OptionalDouble.empty(), true);
  }

  /**
   * What the process writes about itself.
   *
   * @param format how a line looks
   * @param level the least important that is written
   * @param to which stream the lines go to
   * @param access where the access log goes: {@code off}, {@code stdout}, {@code stderr} or {@code
   *     file:PATH}
   */
  public record Logs(Format format, Level level, Target to, String access) {

    public static final Logs STANDARD = new Logs(Format.TEXT, Level.INFO, Target.STDERR, "off");

    /** How a line looks. */
    public enum Format {
      /** Time, level, logger and message. */
      TEXT,
      /** One JSON object. */
      JSON
    }

    /** How important a line is, the least first. */
    public enum Level {
      TRACE,
      DEBUG,
      INFO,
      WARN,
      ERROR
    }

    /** A stream of the process. */
    public enum Target {
      STDOUT,
      STDERR
    }
  }

  /**
   * What protects the admin API.
   *
   * @param token where the bearer token is found; absent: none is asked for, on the loopback only
   */
  public record Admin(Optional<SecretReference> token) {}

  /**
   * Where the books are kept.
   *
   * @param path the SQLite file; absent: in memory, until the process ends
   * @param retention how long single calls are kept before only their daily sums are
   */
  public record Ledger(Optional<String> path, Duration retention) {

    public static final Ledger MEMORY = new Ledger(Optional.empty(), Duration.ofDays(400));
  }

  /**
   * Which answers are kept for the next request that is the same, and for whom.
   *
   * @param bytes how much memory they may take
   * @param ttl for how long each is kept
   * @param shared whether all callers share them; else each key has its own
   */
  public record AnswerCache(long bytes, Duration ttl, boolean shared) {}

  /**
   * A scorer of the user's own, asked over HTTP.
   *
   * @param http where it is asked
   * @param timeout how long an answer may take before the built-in classifier scores
   * @param cache how many answers are remembered; 0: none
   * @param send what it is told of a request
   * @param apiKey where the token is found that it is asked with; absent: none
   * @param maxConcurrency questions at the same time, over all event loops
   */
  public record OwnClassifier(
      URI http,
      Duration timeout,
      int cache,
      Send send,
      Optional<SecretReference> apiKey,
      int maxConcurrency) {

    /** What a scorer is told of a request. */
    public enum Send {
      /** Numbers only. */
      FEATURES,
      /** The system prompt and the last user turn. */
      TEXT,
      /** Both. */
      BOTH;

      /** Whether words of a prompt are told. */
      public boolean text() {
        return this != FEATURES;
      }

      /** Whether the features are told. */
      public boolean features() {
        return this != TEXT;
      }
    }
  }
}
