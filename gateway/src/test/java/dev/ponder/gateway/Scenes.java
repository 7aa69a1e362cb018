package dev.ponder.gateway;

import dev.ponder.classify.Classifier;
import dev.ponder.classify.PromptFeatures;
import dev.ponder.classify.PromptText;
import dev.ponder.config.ShippedClassifier;
import dev.ponder.gateway.stub.StubCall;
import java.util.List;

/** What several black-box tests start from: a configuration, a score, a call in the stub's log. */
final class Scenes {

  /** One upstream with a cheap model and a reasoning one, and a route over both. */
  static final String TWO_TIERS =
      """
      upstreams:
        stub: { base_url: "${STUB}", api_key: env:STUB_KEY }
      models:
        mini:
          served_by: stub/stub-mini
          price: { input: 0.40, cached_input: 0.10, output: 1.60 }
        thinker:
          served_by: stub/stub-thinker
          reasoning: true
          price: { input: 2.00, cached_input: 0.50, output: 8.00 }
      routes:
        auto: [ mini, { model: thinker, effort: high, min_score: 0.5 } ]
      """;

  private Scenes() {}

  /** The score that the gateway's classifier gives to a single user message. */
  static double score(String prompt) {
    PromptText text = new PromptText();
    text.beginMessage();
    text.append(prompt);
    text.endMessage(PromptText.Role.USER);
    PromptFeatures features = new PromptFeatures();
    features.read(text);
    Classifier classifier = ShippedClassifier.get();
    return classifier.score(features);
  }

  /** The calls that reached the stub under this request id; waits until there is one. */
  static List<StubCall> calls(RunningGateway gateway, String requestId) {
    Eventually.holds("a call of " + requestId, () -> !find(gateway, requestId).isEmpty());
    return find(gateway, requestId);
  }

  static StubCall call(RunningGateway gateway, String requestId) {
    return calls(gateway, requestId).get(0);
  }

  /** The calls of this request id that have ended so far. */
  static List<StubCall> find(RunningGateway gateway, String requestId) {
    return gateway.stub().log().calls().stream()
        .filter(call -> requestId.equals(call.requestId()))
        .toList();
  }

  /** The body that reached the stub under this request id. */
  static byte[] body(RunningGateway gateway, String requestId) {
    return gateway.stub().log().body(call(gateway, requestId).id()).orElseThrow();
  }
}
