package dev.ponder.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** No key is silently ignored: nonsense is noticed at every one that the reader knows. */
class EveryKeyTest {

  private static final Map<String, String> AROUND = new HashMap<>();

  static {
    AROUND.put("", "%s");
    AROUND.put("listen", "listen: { %s }");
    AROUND.put("upstreams.*", "upstreams: { u: { %s } }");
    AROUND.put("upstreams.*.timeouts", "upstreams: { u: { timeouts: { %s } } }");
    AROUND.put("upstreams.*.retries", "upstreams: { u: { retries: { %s } } }");
    AROUND.put("upstreams.*.breaker", "upstreams: { u: { breaker: { %s } } }");
    AROUND.put("upstreams.*.queue", "upstreams: { u: { queue: { %s } } }");
    AROUND.put("models.*", "models: { m: { %s } }");
    AROUND.put("models.*.price", "models: { m: { price: { %s } } }");
    AROUND.put("models.*.price.above", "models: { m: { price: { above: { %s } } } }");
    AROUND.put("routes.*", "routes: { r: { %s } }");
    AROUND.put("routes.*.escalate", "routes: { r: { escalate: { %s } } }");
    AROUND.put("routes.*.tiers[]", "routes: { r: { tiers: [ mini, { %s } ] } }");
    AROUND.put("policies[]", "policies: [ { %s } ]");
    AROUND.put("policies[].applies_to", "policies: [ { applies_to: { %s } } ]");
    AROUND.put("policies[].budget", "policies: [ { budget: { %s } } ]");
    AROUND.put("telemetry.traces", "telemetry: { traces: { %s } }");
    AROUND.put("telemetry.logs", "telemetry: { logs: { %s } }");
    AROUND.put("keys[]", "keys: [ { %s } ]");
    for (Section section : Section.ALL) {
      AROUND.putIfAbsent(section.path(), section.path() + ": { %s }");
    }
  }

  @ParameterizedTest
  @MethodSource("keys")
  void read_nonsense_isNoticed(String path, String key) {
    String yaml = Examples.named(AROUND, path).formatted(key + ": [ [ [] ] ]");

    assertThat(Examples.read(yaml).problems())
        .anySatisfy(
            problem -> {
              assertThat(problem.path()).matches("(.*[.\\]])?" + key + "(\\[0])*");
              assertThat(problem.message()).startsWith("a list (expected: ");
            });
  }

  static Stream<Arguments> keys() {
    return Section.ALL.stream()
        .flatMap(s -> s.keys().stream().map(key -> Arguments.of(s.path(), key)));
  }
}
