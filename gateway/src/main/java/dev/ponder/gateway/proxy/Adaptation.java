package dev.ponder.gateway.proxy;

import dev.ponder.gateway.wire.Json;
import dev.ponder.gateway.wire.JsonSplice;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Capabilities;
import dev.ponder.policy.Decision;
import java.util.Set;

/**
 * What of a request changes on its way to a deployment: its model's name always, a stream's usage
 * when nobody asked for it, and, on routed requests only, parameters that the model chosen would
 * answer with an error. A request that names its model is the caller's own affair.
 */
final class Adaptation {

  private static final String COMPLETION_TOKENS = "max_completion_tokens";
  private static final String TOKENS = "max_tokens";

  private Adaptation() {}

  /** The edits for one deployment, always upon the bytes that the client sent. */
  static JsonSplice of(RequestView view, Decision decision, Candidate candidate) {
    JsonSplice splice = JsonSplice.of(view);
    String modelId = candidate.deployment().modelId();
    if (!view.model().equals(modelId)) {
      splice.set("model", quoted(modelId));
    }
    Capabilities can = candidate.model().capabilities();
    if (asksForUsage(view.stream(), view.includeUsage(), can)) {
      splice.includeUsage();
    }
    if (decision.routed()) {
      adapt(view, candidate, can, splice);
    }
    return splice;
  }

  /** Whether the gateway asks for a stream's usage on its own behalf. */
  static boolean asksForUsage(boolean stream, boolean includeUsage, Capabilities can) {
    return stream && !includeUsage && !can.refusedParams().contains("stream_options");
  }

  private static void adapt(
      RequestView view, Candidate candidate, Capabilities can, JsonSplice splice) {
    Set<String> refused = can.refusedParams();
    boolean effortSet = candidate.effort().isPresent() && candidate.model().reasoning();
    for (String member : view.members()) {
      if (refused.contains(member) && !(effortSet && member.equals("reasoning_effort"))) {
        splice.remove(member);
      }
    }
    if (effortSet) {
      splice.set("reasoning_effort", quoted(candidate.effort().get().wireName()));
    }
    if (can.capParam().equals(COMPLETION_TOKENS)) {
      capAs(view, splice, TOKENS, COMPLETION_TOKENS);
    } else if (can.capParam().equals(TOKENS)) {
      capAs(view, splice, COMPLETION_TOKENS, TOKENS);
    }
    if (!candidate.model().reasoning()) {
      splice.developerToSystem();
    }
  }

  /** Exactly one cap reaches the upstream, under the name that it knows. */
  private static void capAs(RequestView view, JsonSplice splice, String other, String known) {
    if (!view.has(other)) {
      return;
    }
    if (view.has(known)) {
      splice.remove(other);
    } else {
      splice.rename(other, known);
    }
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2);
    Json.appendString(out, text);
    return out.toString();
  }
}
