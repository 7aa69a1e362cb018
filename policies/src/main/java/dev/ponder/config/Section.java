package dev.ponder.config;

import java.util.List;

/**
 * A mapping of {@code ponder.yaml} and the keys it may have. This is the one list that the reader,
 * its suggestions and the test of the JSON Schema share.
 *
 * @param path where such mappings stand; {@code *} is any name, {@code []} any element of a list
 * @param keys in the order in which messages list them
 */
record Section(String path, List<String> keys) {

  static final Section ROOT =
      of(
          "",
          "listen",
          "upstreams",
          "models",
          "routes",
          "policies",
          "keys",
          "ledger",
          "classifier",
          "cache",
          "limits",
          "decisions",
          "telemetry",
          "passthrough",
          "responses",
          "admin");
  static final Section LISTEN = of("listen", "api", "admin");
  static final Section UPSTREAM =
      of(
          "upstreams.*",
          "provider",
          "base_url",
          "api_key",
          "api_version",
          "timeouts",
          "max_concurrency",
          "on_5xx",
          "reported_cost",
          "retries",
          "breaker",
          "queue");
  static final Section TIMEOUTS = of("upstreams.*.timeouts", "connect", "first_byte", "idle");
  static final Section RETRIES = of("upstreams.*.retries", "max", "budget", "wait");
  static final Section BREAKER = of("upstreams.*.breaker", "failures", "rate", "pause");
  static final Section QUEUE = of("upstreams.*.queue", "size", "timeout");
  static final Section MODEL =
      of(
          "models.*",
          "served_by",
          "reasoning",
          "price",
          "context_tokens",
          "max_output_tokens",
          "tools",
          "vision",
          "cap_param",
          "refused_params",
          "cap_covers_reasoning",
          "max_reasoning_tokens",
          "max_image_tokens",
          "overhead_tokens",
          "effort_param",
          "extra_params");
  static final Section PRICE =
      of(
          "models.*.price",
          "input",
          "cached_input",
          "cache_write",
          "cache_write_1h",
          "output",
          "reasoning",
          "above");
  static final Section ABOVE =
      of(
          "models.*.price.above",
          "input_tokens",
          "input",
          "cached_input",
          "cache_write",
          "cache_write_1h",
          "output",
          "reasoning");
  static final Section ROUTE = of("routes.*", "sticky", "tiers", "escalate");
  static final Section ESCALATE = of("routes.*.escalate", "when", "min_logprob", "callers_cap");
  static final Section TIER =
      of("routes.*.tiers[]", "model", "effort", "min_score", "lrm_share", "fallbacks");
  static final Section POLICY =
      of(
          "policies[]",
          "name",
          "applies_to",
          "replaces",
          "each",
          "budget",
          "requests_per_minute",
          "tokens_per_minute",
          "lrm_share",
          "pacing",
          "at_exhaustion",
          "wait",
          "alert_at",
          "max_effort",
          "max_request_cost",
          "cap_output",
          "on_disconnect");
  static final Section APPLIES_TO =
      of("policies[].applies_to", "team", "key", "route", "model", "tier", "tags");
  static final Section BUDGET = of("policies[].budget", "limit", "window", "time_zone", "each");
  static final Section KEY = of("keys[]", "name", "team", "tags", "sha256", "models", "expires");
  static final Section LEDGER = of("ledger", "sqlite", "retention");
  static final Section CLASSIFIER =
      of("classifier", "http", "timeout", "cache", "send", "api_key", "max_concurrency");
  static final Section CACHE = of("cache", "size", "ttl", "scope");
  static final Section LIMITS =
      of(
          "limits",
          "body",
          "response",
          "depth",
          "header",
          "keep_alive",
          "shutdown_delay",
          "drain",
          "allowed_origins",
          "budget_status");
  static final Section DECISIONS = of("decisions", "log", "prompts");
  static final Section TELEMETRY =
      of("telemetry", "tags", "tenants", "histograms", "semconv", "traces", "logs");
  static final Section TRACES = of("telemetry.traces", "otlp", "sample", "baggage");
  static final Section LOGS = of("telemetry.logs", "format", "level", "to", "access");
  static final Section RESPONSES = of("responses", "annotate");
  static final Section ADMIN = of("admin", "token");

  /** Every mapping of {@code ponder.yaml}. */
  static final List<Section> ALL =
      List.of(
          ROOT,
          LISTEN,
          UPSTREAM,
          TIMEOUTS,
          RETRIES,
          BREAKER,
          QUEUE,
          MODEL,
          PRICE,
          ABOVE,
          ROUTE,
          ESCALATE,
          TIER,
          POLICY,
          APPLIES_TO,
          BUDGET,
          KEY,
          LEDGER,
          CLASSIFIER,
          CACHE,
          LIMITS,
          DECISIONS,
          TELEMETRY,
          TRACES,
          LOGS,
          RESPONSES,
          ADMIN);

  static Section of(String path, String... keys) {
    return new Section(path, List.of(keys));
  }
}
