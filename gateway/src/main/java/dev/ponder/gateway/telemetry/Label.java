package dev.ponder.gateway.telemetry;

import dev.ponder.gateway.wire.Dialect;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A label of metrics and the values that it may have: constants, or names of the configuration up
 * to a limit. Whatever is beyond stands under {@link #OTHER}.
 *
 * @param name its name in the exposition
 * @param values its constants; of a label with configured names those that stand beside them
 * @param configured what the other values are the names of; empty: there are no others
 * @param most how many values it has at most, {@link #OTHER} included
 */
public record Label(String name, List<String> values, String configured, int most) {

  /** Stands for the values that have no series of their own. */
  public static final String OTHER = "_other";

  /** Stands for requests without a team. */
  public static final String NONE = "_none";

  /** Stands for the budgets of keys, summed up. */
  public static final String SUM = "_sum";

  /** Stands for the routes of requests that named a model. */
  public static final String PINNED = "pinned";

  /** Deployments, budgets and limits, routes, and teams with series of their own. */
  static final int DEPLOYMENTS_MAX = 50;

  static final int POLICIES_MAX = 50;
  static final int ROUTES_MAX = 50;
  static final int TEAMS_MAX = 100;

  /** Deployments that are told apart under OpenTelemetry's names. */
  static final int GEN_AI_MODELS_MAX = 20;

  /** Numbers of tiers, and loops, that are told apart. */
  static final int TIERS_MAX = 10;

  static final int LOOPS_MAX = 64;

  /** Alert shares of a budget that are told apart. */
  static final int SHARES_MAX = 10;

  static final Label OPERATION =
      of(
          "operation",
          Stream.concat(
                  Arrays.stream(Dialect.values()).map(Dialect::operation),
                  Stream.of(PassageMeters.NAME))
              .toArray(String[]::new));
  static final Label TIER = of("tier", "llm", "lrm", "none");
  static final Label KIND_OF_MODEL = of("tier", "llm", "lrm");
  static final Label FROM_TIER = of("from_tier", "llm", "lrm");
  static final Label TO_TIER = of("to_tier", "llm", "lrm");
  static final Label NUMBER_OF_TIER = few("tier", "tiers of a route, numbered from 1", TIERS_MAX);
  static final Label OUTCOME = of("outcome", Outcome.values());
  static final Label CALL_OUTCOME = of("outcome", AttemptOutcome.values());
  static final Label COMMIT_OUTCOME = of("outcome", "ok", "error");
  static final Label STREAM = of("stream", "false", "true");
  static final Label PHASE = of("phase", Phase.values());
  static final Label BY = of("by", "client", "upstream", "gateway");
  static final Label TENANT = named("tenant", "teams", TEAMS_MAX, NONE);
  static final Label ROUTE = named("route", "routes", ROUTES_MAX, PINNED);
  static final Label SCORED_ROUTE = named("route", "routes with several tiers", ROUTES_MAX);
  static final Label REASON =
      of("reason", "explicit", "score", "hint", "sticky", "paced", "exhausted", "capability");
  static final Label CONFIDENCE = of("confidence", "high", "low");
  static final Label REGRET =
      of("kind", "llm_escalated", "lrm_little_reasoning", "lrm_empty", "llm_truncated");
  static final Label FALLBACK_REASON =
      of(
          "reason",
          "rate_limited",
          "http_4xx",
          "http_5xx",
          "timeout",
          "connect_error",
          "reset",
          "bad_response",
          "cancelled",
          "circuit_open");
  static final Label RETRY_REASON =
      of("reason", "connect_error", "reset", "http_4xx", "http_429", "http_5xx");
  static final Label CIRCUIT = of("state", "closed", "open", "half_open");
  static final Label RATE_LIMIT = of("kind", "requests", "tokens");
  static final Label CLASSIFIER = few("classifier", "classifiers", 2);
  static final Label SCORER_FAULT =
      of("reason", "timeout", "connect", "status", "bad_answer", "too_large", "busy", "paused");
  static final Label CACHE = of("cache", "classifier", "response");
  static final Label CACHE_RESULT = of("result", "hit", "miss", "bypass");
  static final Label PROVIDER = named("provider", "upstreams", DEPLOYMENTS_MAX);
  static final Label MODEL = named("model", "models", DEPLOYMENTS_MAX, PassageMeters.NAME);
  static final Label FIRST = of("kind", "reasoning", "content");
  static final Label TYPE = of("type", TokenType.values());
  static final Label USAGE_SOURCE = of("source", "reported", "estimated", "missing");
  static final Label COST_REPORT = of("use", "used", "ignored");
  static final Label POLICY = named("policy", "policies", POLICIES_MAX);
  static final Label BUDGET =
      named("budget", "policies with a budget or a `max_request_cost`", POLICIES_MAX);
  static final Label OWNER =
      named("owner", "teams with a budget; empty where all share it", TEAMS_MAX, SUM);
  static final Label WINDOW = of("window", "hour", "day", "week", "month");
  static final Label STATE = of("state", BudgetLine.State.values());
  static final Label ACTION = of("action", BudgetMeters.Action.values());
  static final Label DIRECTION = of("direction", "under", "over");
  static final Label SETTLED_BY =
      of("source", "reported", "counted", "estimated", "presumed", "none");
  static final Label PERCENT = named("percent", "alert shares of the budget", SHARES_MAX);
  static final Label STORE = few("store", "kind of ledger: `sqlite`", 1);
  static final Label STORE_OPERATION = of("op", "commit");
  static final Label SINK = of("sink", "decisions", "access", "logs", "traces");
  static final Label RELOAD_RESULT = of("result", "success", "failure");
  static final Label LOOP = named("loop", "event loops of the API, numbered from 0", LOOPS_MAX);
  static final Label OVERFLOWN =
      of("label", "model", "route", "tenant", "budget", "policy", "owner", "gen_ai_request_model");
  static final Label GEN_AI_OPERATION =
      of("gen_ai_operation_name", "chat", "text_completion", "embeddings");
  static final Label GEN_AI_PROVIDER =
      of("gen_ai_provider_name", ProviderNames.all().toArray(String[]::new));
  static final Label GEN_AI_REQUEST =
      named("gen_ai_request_model", "models by their upstreams' own names", GEN_AI_MODELS_MAX);
  static final Label GEN_AI_RESPONSE =
      few("gen_ai_response_model", "the name that was asked for, `_other`, or empty", 3);
  static final Label GEN_AI_ERROR =
      few(
          "error_type",
          "how the call failed, by `outcome` above; else empty",
          AttemptOutcome.values().length);
  static final Label GEN_AI_TOKEN = of("gen_ai_token_type", "input", "output");
  static final Label GEN_AI_MODALITY = of("gen_ai_token_modality", "unknown");
  static final Label VERSION = few("version", "the version", 1);
  static final Label REVISION = few("revision", "the git commit", 1);
  static final Label JAVA = few("java", "the JVM's version", 1);

  public Label {
    values = List.copyOf(values);
  }

  /** A label that has these values only. */
  private static Label of(String name, String... values) {
    return new Label(name, List.of(values), "", values.length);
  }

  private static Label of(String name, Enum<?>[] constants) {
    return of(
        name,
        Arrays.stream(constants)
            .map(constant -> constant.name().toLowerCase(Locale.ROOT))
            .toArray(String[]::new));
  }

  /** A label that has so many names as values and no others. */
  private static Label few(String name, String configured, int most) {
    return new Label(name, List.of(), configured, most);
  }

  /** A label that has so many configured names as values, some constants, and {@link #OTHER}. */
  private static Label named(String name, String configured, int most, String... constants) {
    List<String> values = Stream.concat(Arrays.stream(constants), Stream.of(OTHER)).toList();
    return new Label(name, values, configured, most + values.size());
  }

  /** Whether all of its values are constants: series of them exist at 0 from the start. */
  public boolean closed() {
    return configured.isEmpty();
  }

  /** What its values are, in Markdown. */
  String describe() {
    String constants = String.join(", ", values.stream().map(v -> "`" + v + "`").toList());
    if (closed()) {
      return constants;
    }
    int names = most - values.size();
    String limit = names == 1 ? configured : configured + ", at most " + names;
    return values.isEmpty() ? limit : limit + "; " + constants;
  }
}
