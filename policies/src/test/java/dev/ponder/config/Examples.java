package dev.ponder.config;

import java.time.LocalDate;
import java.util.Map;
import java.util.Objects;

/** Configurations that tests share. */
final class Examples {

  static final LocalDate TODAY = LocalDate.of(2026, 11, 23);

  /** Five lines that are enough; what a test appends begins in line 6. */
  static final String BASE =
      """
      upstreams:
        openai: { base_url: https://api.openai.com/v1, api_key: env:OPENAI_API_KEY }
      models:
        mini: { served_by: openai/mini-1, price: { input: 0.40, output: 1.60 }, \
      max_output_tokens: 9 }
        o3: { served_by: openai/o3-1, reasoning: true, price: { input: 2, output: 8 }, \
      max_output_tokens: 9 }
      """;

  static final String MINIMAL =
      """
      upstreams:
        openai: { base_url: https://api.openai.com/v1, api_key: env:OPENAI_API_KEY }
      models:                                     # prices are USD per million tokens
        mini: { served_by: openai/gpt-4.1-mini, price: { input: 0.40, output: 1.60 } }
        o3:   { served_by: openai/o3, reasoning: true, price: { input: 2.00, output: 8.00 } }
      routes:
        auto: [ mini, { model: o3, min_score: 0.6 } ]   # o3 only where the question earns it
      policies:
        - { name: everyone, budget: 500 USD per month, at_exhaustion: downgrade }
      ledger: sqlite:/var/lib/ponder/ledger.db
      """;

  /** Every key but those of other providers; {@link #FULL} adds them. */
  static final String SUPPORTED =
      """
      listen:
        api: 0.0.0.0:8080        # the OpenAI-compatible endpoint
        admin: 127.0.0.1:9090    # metrics, health, console

      upstreams:
        openai:
          provider: openai
          base_url: https://api.openai.com/v1
          api_key: env:OPENAI_API_KEY
          timeouts: { connect: 2s, first_byte: 180s, idle: 60s }
          max_concurrency: 400

        azure-eu:
          base_url: https://acme-eu.openai.azure.com
          api_key: file:/run/secrets/azure-eu

        anthropic:
          base_url: https://api.anthropic.com
          api_key: env:ANTHROPIC_API_KEY

      models:                    # prices are USD per million tokens
        mini:
          served_by: openai/gpt-4.1-mini
          price: { input: 0.40, cached_input: 0.10, output: 1.60 }
          context_tokens: 1000000
          max_output_tokens: 32768

        thinker:
          served_by: [ openai/o3, azure-eu/o3-prod ]                 # the same model
          reasoning: true
          price: { input: 2.00, cached_input: 0.50, output: 8.00 }
          context_tokens: 200000
          max_output_tokens: 100000

        claude:
          served_by: anthropic/claude-sonnet-4-5
          reasoning: true
          price:
            input: 3.00
            cached_input: 0.30
            cache_write: 3.75
            cache_write_1h: 6.00
            output: 15.00
          context_tokens: 200000
          max_output_tokens: 64000

      routes:
        auto:
          sticky: 30m            # a conversation keeps its model while its cache is warm
          tiers:                 # cheapest first; the highest tier whose min_score is met wins
            - { model: mini }
            - { model: thinker, effort: low, min_score: 0.45 }
            - { model: thinker, effort: high, min_score: 0.75, fallbacks: [ claude ] }
        fast: mini
        deep: { tiers: [ { model: thinker, effort: high, fallbacks: [ claude ] } ] }

      policies:                  # every policy that applies must agree
        - name: company
          budget: { limit: 20000 USD, window: month, time_zone: Europe/Berlin }
          pacing: adaptive       # raises min_score as money runs ahead of the month
          at_exhaustion: downgrade
          alert_at: [ 50%, 80%, 100% ]

        - name: fair-share
          budget: { limit: 2000 USD, window: month, each: team }
          pacing: adaptive
          at_exhaustion: downgrade

        - name: runaway-guard
          budget: { limit: 25 USD, window: hour, each: key }
          at_exhaustion: reject

        - name: night-batch
          applies_to: { tags: { workload: batch } }
          budget: 300 USD per day
          at_exhaustion: reject
          max_effort: low
          max_request_cost: 0.50 USD

        - name: incident-room    # when production burns, think as hard as it takes
          applies_to: { team: sre, route: deep }
          replaces: [ fair-share ]
          budget: 1000 USD per week
          at_exhaustion: warn

      keys:
        - name: checkout-prod
          team: checkout
          sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        - name: nightly-etl
          team: data
          tags: { workload: batch }
          sha256: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"

      ledger: sqlite:/var/lib/ponder/ledger.db   # one file, one gateway

      decisions:
        log: file:/var/log/ponder/decisions.jsonl
        prompts: never                     # features and scores are kept; words are not
      """;

  static final String FULL =
      SUPPORTED
          .replace(
              "  azure-eu:\n",
              "  azure-eu:\n    provider: azure_openai\n    api_version: \"2024-10-21\"\n")
          .replace("  anthropic:\n", "  anthropic:\n    provider: anthropic\n");

  /** The sections that the others leave out. */
  static final String REST =
      BASE.replace("OPENAI_API_KEY }", "OPENAI_API_KEY, on_5xx: presume, reported_cost: ignore }")
          + """
            r1:
              served_by: openai/r1
              reasoning: true
              price:
                input: 0.55
                output: 2.19
                above:
                  { input_tokens: 64000, input: 1.1, cached_input: 0.1, cache_write: 1,
                    cache_write_1h: 3, output: 4.38, reasoning: 4 }
              cap_covers_reasoning: false
              max_reasoning_tokens: 32768
              max_image_tokens: 1000
              overhead_tokens: 2000
              effort_param: thinking_type
              extra_params: [ plugins, x-Trace.id ]
          routes:
            auto: [ mini, { model: o3, effort: high, min_score: "0.6", fallbacks: mini } ]
            part: [ mini, { model: r1, lrm_share: 20% }, { model: o3, lrm_share: 2.5 % } ]
          policies:
            - name: all
              applies_to: { key: ci, model: mini }
              budget: { limit: 1.5 USD, window: week, each: all }
              pacing: none
              alert_at: 90 %
            - name: reasoning
              applies_to: { tier: lrm }
              each: key
              budget: 5 USD per day
              pacing: "off"
              requests_per_minute: 60
              tokens_per_minute: 200000
              wait: 0s
              cap_output: never
              on_disconnect: drain
            - { name: fair, each: key, lrm_share: 30% }
          keys:
            - name: ci
              sha256: 9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08
              models: [ auto, mini ]
              expires: 2027-01-31
          listen: { api: "[::1]:0", admin: "0.0.0.0:9090" }
          admin: { token: file:/run/secrets/admin }
          ledger: { sqlite: ponder.db, retention: 30d }
          classifier:
            http: https://scorer.example.com/v1/score?team=a
            timeout: 80ms
            cache: 5000
            send: both
            api_key: env:SCORER_KEY
            max_concurrency: 16
          cache: { size: 256 MiB, ttl: 1h }
          limits:
            body: 1 MB
            response: 2097152
            depth: 64
            header: 8 KiB
            keep_alive: 10s
            shutdown_delay: 5s
            drain: 5 m
            allowed_origins: [ https://chat.example.com, http://localhost:3000 ]
            budget_status: 402
          decisions: { log: stdout }
          telemetry:
            tags: [ workload, env ]
            tenants: false
            histograms: both
            semconv: v1_41
            traces: { otlp: https://collector.example.com:4318, sample: 2.5%, baggage: false }
            logs: { format: json, level: warn, to: stdout, access: file:access.jsonl }
          passthrough: openai
          responses: { annotate: false }
          """;

  private Examples() {}

  /** An entry that must be there. */
  static <T> T named(Map<String, T> map, String name) {
    return Objects.requireNonNull(map.get(name), name);
  }

  static ConfigurationReader.Result read(String yaml) {
    return ConfigurationReader.read("ponder.yaml", yaml, PriceBook.empty(), TODAY);
  }
}
