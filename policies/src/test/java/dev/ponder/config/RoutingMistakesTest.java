package dev.ponder.config;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Mistakes in what decides without money: shares of tiers and keys, and a scorer of one's own. */
class RoutingMistakesTest {

  private final Mistakes mistakes = new Mistakes();

  @TestFactory
  Stream<DynamicTest> escalation() {
    String route = "routes: { auto: { tiers: [ mini, o3 ], escalate: ";
    mistakes.extra(route + "{ when: empty } } }");
    mistakes.extra(route + "{ when: [ empty, refusal ], min_logprob: -2 } } }");
    mistakes.extra(
        route + "{ when: [ wrong ], min_logprob: 1 } } }",
        "6:60 routes.auto.escalate.when[0]: wrong (expected: lrm_empty, refusal, empty,"
            + " truncated, invalid_json or low_confidence)",
        "6:82 routes.auto.escalate.min_logprob: 1 (expected: a number of -999 to 0, such as -1.5)");
    mistakes.extra(
        route + "{ when: lrm_empty, callers_cap: 5 } } }",
        "6:82 routes.auto.escalate.callers_cap: 5 (expected: keep or raise)");
    mistakes.extra(
        "routes: { auto: { tiers: [ o3 ], escalate: { when: lrm_empty, callers_cap: raise } } }");
    mistakes.extra(
        "routes: { auto: { tiers: [ o3 ], escalate: { when: [ empty, lrm_empty ] } } }",
        "6:44 routes.auto.escalate: there is no dearer tier (expected: two tiers or more)");
    mistakes.extra(
        route + "{} } }",
        "6:40 routes.auto.escalate.when: missing (expected: a list of faults, such as [ refusal,"
            + " empty ])");
    mistakes.extra(
        "routes: { auto: { tiers: [ mini ], escalate: { when: empty } } }",
        "6:46 routes.auto.escalate: there is no dearer tier (expected: two tiers or more)");
    return mistakes.tests();
  }

  @TestFactory
  Stream<DynamicTest> tiers() {
    mistakes.extra(
        "routes: { auto: [ mini, { model: o3, min_score: 0.6, lrm_share: 20% } ] }",
        "6:65 routes.auto[1].lrm_share: stands beside min_score (expected: one of them)");
    for (String wrong : List.of("120%", "-1%", "0.2", "20.1234567%", "lots")) {
      mistakes.extra(
          "routes: { auto: [ mini, { model: o3, lrm_share: " + wrong + " } ] }",
          "6:49 routes.auto[1].lrm_share: "
              + wrong
              + " (expected: a share of the requests, 0%..100%, such as 20%)");
    }
    mistakes.extra("routes: { auto: [ mini, { model: o3, lrm_share: 0% } ] }");
    mistakes.extra("routes: { auto: [ mini, { model: o3, lrm_share: 100% } ] }");
    mistakes.extra(
        "routes: { auto: [ mini, { model: o3, lrm_share: 20% }, { model: o3, lrm_share: 20% } ] }",
        "6:80 routes.auto[2].lrm_share: 20% (expected: less than 20%, which the tier before has)");
    mistakes.extra(
        "routes: { auto: [ mini, { model: o3, lrm_share: 2.5% }, { model: o3, lrm_share: 3% } ] }",
        "6:81 routes.auto[2].lrm_share: 3% (expected: less than 2.5%, which the tier before has)");
    mistakes.extra(
        "routes: { auto: [ mini, { model: o3, min_score: .5 }, { model: o3, lrm_share: 5% } ] }",
        "6:49 routes.auto[1].min_score: .5 (expected: a score, 0..1, such as 0.6)",
        "6:79 routes.auto[2].lrm_share: a tier before has min_score (expected: the same in all"
            + " tiers of a route)");
    mistakes.extra(
        "routes: { auto: [ mini, { model: o3, lrm_share: 5% }, o3 ] }",
        "6:55 routes.auto[2].lrm_share: missing (expected: the share of requests that reach this"
            + " tier, such as 20%)");
    mistakes.extra(
        "routes: { auto: [ { model: mini, lrm_share: 20% } ] }",
        "6:34 warning: routes.auto[0].lrm_share: has no effect: the first tier takes every"
            + " question");
    return mistakes.tests();
  }

  @TestFactory
  Stream<DynamicTest> policies() {
    mistakes.extra("policies: [ { name: a, each: key, lrm_share: 30% } ]");
    mistakes.extra(
        "policies: [ { name: a, lrm_share: 30 } ]",
        "6:35 policies[0].lrm_share: 30 (expected: a share of the requests, 0%..100%, such as"
            + " 30%)");
    mistakes.extra(
        "policies: [ { name: a, applies_to: { tier: lrm }, lrm_share: 30% } ]",
        "6:62 policies[0].lrm_share: stands beside applies_to.tier (expected: one of the two)");
    mistakes.extra(
        "policies: [ { name: a, applies_to: { model: o3 }, lrm_share: 30% } ]",
        "6:62 policies[0].lrm_share: stands beside applies_to.model (expected: one of the two)");
    return mistakes.tests();
  }

  @TestFactory
  Stream<DynamicTest> classifier() {
    String url =
        "(expected: an http or https URL, without user or fragment, such as"
            + " http://127.0.0.1:9200/score)";
    mistakes.extra("classifier: { http: http://127.0.0.1:9200/score, send: text }");
    mistakes.extra("classifier: { timeout: 1s }", "6:1 classifier.http: missing " + url);
    for (String wrong : List.of("ftp://a/b", "127.0.0.1:9200", "http://user@host/")) {
      mistakes.extra(
          "classifier: { http: '" + wrong + "' }", "6:21 classifier.http: " + wrong + " " + url);
    }
    mistakes.extra(
        "classifier: { http: http://10.0.0.1/score, send: both }",
        "6:15 warning: classifier.http: prompts leave this machine unencrypted (expected: https)");
    mistakes.extra("classifier: { http: http://10.0.0.1/score, send: features }");
    mistakes.extra(
        "classifier: { http: https://a.example/s, timeout: 0s, cache: -1, send: all }",
        "6:51 classifier.timeout: 0s (expected: a time of 1ms to 10s, such as 30s)",
        "6:62 classifier.cache: -1 (expected: a whole number, 0..1000000)",
        "6:72 classifier.send: all (expected: features, text or both)");
    mistakes.extra(
        "classifier: { http: https://a.example/s, api_key: hunter2, max_concurrency: 0 }",
        "6:51 classifier.api_key: a literal secret (expected: env:NAME or file:PATH)",
        "6:77 classifier.max_concurrency: 0 (expected: a whole number, 1..10000)");
    mistakes.extra(
        "classifier: { htp: https://a.example/s }",
        "6:1 classifier.http: missing " + url,
        "6:15 classifier.htp: unknown key (did you mean http?)");
    return mistakes.tests();
  }
}
