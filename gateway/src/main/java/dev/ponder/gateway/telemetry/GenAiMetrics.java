package dev.ponder.gateway.telemetry;

import static dev.ponder.gateway.telemetry.Metric.counter;
import static dev.ponder.gateway.telemetry.Metric.histogram;

import dev.ponder.config.Configuration.Semconv;
import java.util.List;

/**
 * What is exported under OpenTelemetry's names on top of the catalogue, if it is asked for: the
 * same calls once more, as its conventions for generative AI tell them.
 */
final class GenAiMetrics {

  private static final double[] TOKENS = powers(4, 14, 1);
  private static final double[] SECONDS = powers(2, 14, 100);

  static final Metric TOKEN_USAGE =
      histogram(
          "gen_ai_client_token_usage",
          TOKENS,
          "Tokens of a call: cached ones are part of the input, hidden ones of the output.",
          Label.GEN_AI_OPERATION,
          Label.GEN_AI_PROVIDER,
          Label.GEN_AI_REQUEST,
          Label.GEN_AI_RESPONSE,
          Label.GEN_AI_TOKEN);
  static final Metric OPERATION_DURATION = duration("gen_ai_client_operation_duration_seconds");
  static final Metric OPERATION_FIRST =
      first("gen_ai_client_operation_time_to_first_chunk_seconds");

  static final Metric INPUT =
      usage("input_tokens", "Tokens of the input; cached ones are among them.");
  static final Metric OUTPUT =
      usage("output_tokens", "Tokens of the output; hidden ones are among them.");
  static final Metric CACHE_READ = usage("cache_read_input_tokens", "Those read from a cache.");
  static final Metric CACHE_WRITE = usage("cache_write_input_tokens", "Those put into one.");
  static final Metric REASONING = usage("reasoning_output_tokens", "Hidden tokens.");
  static final Metric EACH_INPUT = each("input_tokens");
  static final Metric EACH_OUTPUT = each("output_tokens");
  static final Metric DURATION = duration("gen_ai_client_inference_duration_seconds");
  static final Metric FIRST = first("gen_ai_client_inference_time_to_first_chunk_seconds");

  private GenAiMetrics() {}

  /** Those of a version of the conventions. */
  static List<Metric> all(Semconv version) {
    return switch (version) {
      case OFF -> List.of();
      case V1_41 -> List.of(TOKEN_USAGE, OPERATION_DURATION, OPERATION_FIRST);
      case MAIN ->
          List.of(
              INPUT,
              OUTPUT,
              CACHE_READ,
              CACHE_WRITE,
              REASONING,
              EACH_INPUT,
              EACH_OUTPUT,
              DURATION,
              FIRST);
    };
  }

  private static Metric duration(String name) {
    return histogram(
        name,
        SECONDS,
        "From asking for a connection to the last byte.",
        Label.GEN_AI_OPERATION,
        Label.GEN_AI_PROVIDER,
        Label.GEN_AI_REQUEST,
        Label.GEN_AI_RESPONSE,
        Label.GEN_AI_ERROR);
  }

  private static Metric first(String name) {
    return histogram(
        name,
        SECONDS,
        "From asking for a connection to the first delta of a stream.",
        Label.GEN_AI_OPERATION,
        Label.GEN_AI_PROVIDER,
        Label.GEN_AI_REQUEST);
  }

  private static Metric usage(String what, String help) {
    return counter(
        "gen_ai_client_inference_usage_" + what + "_total",
        help,
        Label.GEN_AI_OPERATION,
        Label.GEN_AI_PROVIDER,
        Label.GEN_AI_REQUEST,
        Label.GEN_AI_RESPONSE,
        Label.GEN_AI_MODALITY);
  }

  private static Metric each(String what) {
    return histogram(
        "gen_ai_client_inference_operation_" + what,
        TOKENS,
        "The same of one call, for percentiles.",
        Label.GEN_AI_OPERATION,
        Label.GEN_AI_PROVIDER,
        Label.GEN_AI_REQUEST,
        Label.GEN_AI_RESPONSE);
  }

  /** The powers of a base, from its 0th on, each by a divisor. */
  private static double[] powers(int base, int count, double divisor) {
    double[] bounds = new double[count];
    long power = 1;
    for (int i = 0; i < count; i++) {
      bounds[i] = power / divisor;
      power *= base;
    }
    return bounds;
  }
}
