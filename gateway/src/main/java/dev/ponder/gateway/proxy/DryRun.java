package dev.ponder.gateway.proxy;

import dev.ponder.classify.Signal;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Json;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Decision;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to {@code x-ponder-dry-run}: the decision as JSON, with nobody called. */
public final class DryRun {

  /** The header's name. */
  public static final CharSequence HEADER = HttpHeaders.createOptimized("x-ponder-dry-run");

  private DryRun() {}

  /**
   * Whether a request asks for its decision only.
   *
   * @param header the value of {@code x-ponder-dry-run}; null if there is none
   */
  static boolean wanted(@Nullable String header) {
    if (header == null || header.equalsIgnoreCase("false")) {
      return false;
    }
    if (header.equalsIgnoreCase("true")) {
      return true;
    }
    throw ApiError.badRequest(
        "x-ponder-dry-run", "x-ponder-dry-run: not a boolean (expected: true or false)");
  }

  /**
   * Lets through what is no dry run.
   *
   * @param header the value of {@code x-ponder-dry-run}; null if there is none
   * @throws ApiError 400 for a dry run: there is nothing to decide, and nobody may be called
   */
  public static void refuse(@Nullable String header) {
    if (wanted(header)) {
      throw ApiError.badRequest(
          "x-ponder-dry-run",
          "x-ponder-dry-run: nothing is decided about such a request, and nobody was called"
              + " (expected: false, or a request for an answer of a model)");
    }
  }

  /** The decision about a request that was weighed with its signals. */
  static String toJson(Weighed weighed) {
    Decision decision = weighed.decision();
    StringBuilder out = new StringBuilder(512).append("{\"object\":\"ponder.decision\"");
    text(out, "route", decision.route());
    text(out, "model", decision.model().name());
    text(out, "reason", decision.reason().label());
    decision.effort().ifPresent(effort -> text(out, "effort", effort.wireName()));
    decision.score().ifPresent(score -> number(out, "score", score));
    decision.threshold().ifPresent(min -> number(out, "threshold", min));
    text(out, "estimated_cost_usd", weighed.estimatedCost().toUsd());
    text(
        out,
        "baseline_cost_usd",
        weighed.baselineCost(decision.model(), weighed.estimate()).toUsd());
    out.append(",\"estimated_usage\":{\"input_tokens\":")
        .append(weighed.estimate().inputTokens())
        .append(",\"output_tokens\":")
        .append(weighed.estimate().outputTokens())
        .append(",\"reasoning_tokens\":")
        .append(weighed.estimate().reasoningTokens())
        .append('}');
    candidates(out, decision.candidates());
    if (decision.score().isPresent()) {
      text(out, "classifier", weighed.classified().classifier());
      signals(out, weighed.signals());
    }
    return out.append('}').toString();
  }

  private static void candidates(StringBuilder out, List<Candidate> candidates) {
    out.append(",\"candidates\":[");
    String separator = "";
    for (Candidate candidate : candidates) {
      out.append(separator).append("{\"model\":");
      Json.appendString(out, candidate.model().name());
      text(out, "deployment", candidate.deployment().name());
      out.append('}');
      separator = ",";
    }
    out.append(']');
  }

  private static void signals(StringBuilder out, List<Signal> signals) {
    out.append(",\"signals\":[");
    String separator = "";
    for (Signal signal : signals) {
      out.append(separator).append("{\"name\":");
      Json.appendString(out, signal.name());
      out.append(",\"weight\":").append(Math.round(signal.weight() * 1_000) / 1_000d).append('}');
      separator = ",";
    }
    out.append(']');
  }

  private static void text(StringBuilder out, String name, String value) {
    out.append(",\"").append(name).append("\":");
    Json.appendString(out, value);
  }

  private static void number(StringBuilder out, String name, double value) {
    out.append(",\"").append(name).append("\":");
    Decimals.append(out, value);
  }
}
