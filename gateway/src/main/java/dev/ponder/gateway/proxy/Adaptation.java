package dev.ponder.gateway.proxy;

import dev.ponder.gateway.translate.EffortMembers;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.gateway.wire.Json;
import dev.ponder.gateway.wire.JsonSplice;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Capabilities;
import dev.ponder.policy.Decision;
import dev.ponder.policy.Effort;
import dev.ponder.policy.EffortParam;
import java.util.Map;
import java.util.Set;

/**
 * What of a request changes on its way to a deployment: its model's name always, a stream's usage
 * when nobody asked for it, and, on routed requests only, parameters that the model chosen would
 * answer with an error. A request that names its model is the caller's own affair.
 */
final class Adaptation {

  private Adaptation() {}

  /** The edits for one deployment, always upon the bytes that the client sent. */
  static JsonSplice of(RequestView view, Decision decision, Candidate candidate, Funds funds) {
    JsonSplice splice = renamed(view, candidate);
    Capabilities can = candidate.model().capabilities();
    if (asksForUsage(view.dialect(), view.stream(), view.includeUsage(), can)) {
      splice.includeUsage();
    }
    if (decision.routed()) {
      adapt(view, candidate, can, funds.effort().isPresent(), splice);
    }
    if (funds.writtenCap() >= 0) {
      splice.cap(OutputLimit.nameFor(view, candidate.model()), funds.writtenCap());
    }
    effort(view, candidate, funds, splice);
    if (funds.limited() && "auto".equals(view.serviceTier())) { // which may be a dearer one
      splice.set("service_tier", quoted(view.dialect().ordinaryTier()));
    }
    return splice;
  }

  /** The model by the name that the deployment knows, and no other edit. */
  static JsonSplice renamed(RequestView view, Candidate candidate) {
    JsonSplice splice = JsonSplice.of(view);
    String modelId = candidate.deployment().modelId();
    return view.model().equals(modelId) ? splice : splice.set("model", quoted(modelId));
  }

  private static void effort(
      RequestView view, Candidate candidate, Funds funds, JsonSplice splice) {
    Effort effort = funds.effort().orElse(null);
    if (view.dialect().at(candidate.deployment().upstream().provider()) != view.dialect()) {
      if (effort != null && view.dialect() == Dialect.CHAT) { // over what clients call it besides
        splice.set("reasoning_effort", quoted(effort.wireName()));
        splice.remove("thinking").remove("reasoning");
      }
    } else if (view.dialect() == Dialect.MESSAGES) {
      long cap = funds.writtenCap();
      if (effort != null) {
        long limit = cap >= 0 ? cap : view.maxOutputTokens();
        Thinking.ask(view, splice, candidate.deployment().modelId(), effort, limit);
      } else if (cap >= 0) {
        Thinking.fit(view, splice, cap);
      }
    } else if (effort != null && view.dialect() == Dialect.RESPONSES) {
      splice.effortIn("reasoning", effort.wireName());
    } else if (effort != null) {
      chatEffort(view, candidate, funds, effort, splice);
    }
  }

  /** Asks for an effort as the model wants it, over whatever else the caller calls it. */
  private static void chatEffort(
      RequestView view, Candidate candidate, Funds funds, Effort effort, JsonSplice splice) {
    long limit = funds.writtenCap() >= 0 ? funds.writtenCap() : view.maxOutputTokens();
    int max = candidate.model().capabilities().maxOutputTokens();
    long most = max > 0 ? max : Capabilities.OUTPUT_TOKENS;
    EffortParam how = EffortParam.of(candidate.model(), candidate.deployment());
    Map<String, String> members =
        EffortMembers.json(how, effort.wireName(), limit >= 0 ? Math.min(limit, most) : most);
    for (String member : EffortMembers.ALL) {
      if (view.has(member) && !members.containsKey(member)) {
        splice.remove(member);
      }
    }
    members.forEach(splice::set);
  }

  /** Whether the gateway asks for a stream's usage on its own behalf. */
  static boolean asksForUsage(
      Dialect dialect, boolean stream, boolean includeUsage, Capabilities can) {
    return dialect.usageOnRequest()
        && stream
        && !includeUsage
        && !can.refusedParams().contains("stream_options");
  }

  private static void adapt(
      RequestView view,
      Candidate candidate,
      Capabilities can,
      boolean effortSet,
      JsonSplice splice) {
    Set<String> refused = can.refusedParams();
    String limit = view.dialect() == Dialect.CHAT ? can.capParam() : "";
    for (String member : view.members()) {
      boolean kept = effortSet && member.equals("reasoning_effort");
      boolean renamed = !limit.isEmpty() && OutputLimit.isOne(member);
      if (refused.contains(member) && !kept && !renamed) {
        splice.remove(member);
      }
    }
    if (view.dialect() == Dialect.RESPONSES && refused.contains("reasoning_effort") && !effortSet) {
      splice.remove("reasoning");
    }
    if (!limit.isEmpty()) {
      boolean newer = limit.equals(OutputLimit.COMPLETION_TOKENS);
      limitAs(view, splice, newer ? OutputLimit.TOKENS : OutputLimit.COMPLETION_TOKENS, limit);
    }
    if (!candidate.model().reasoning()) {
      splice.developerToSystem();
      if (view.dialect() == Dialect.MESSAGES) {
        splice.remove("thinking");
      }
    }
  }

  /** Exactly one limit reaches the upstream, under the name that it knows. */
  private static void limitAs(RequestView view, JsonSplice splice, String other, String known) {
    if (!view.has(other)) {
      return;
    }
    if (!view.has(known)) {
      splice.rename(other, known);
    } else if (view.bothCaps() || view.maxOutputTokens() < 0) {
      splice.remove(other);
    } else {
      splice.cap(known, view.maxOutputTokens()); // one of the two is null
    }
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2);
    Json.appendString(out, text);
    return out.toString();
  }
}
