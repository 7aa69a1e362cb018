package dev.ponder.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The published schema and the reader know the same keys. */
class SchemaTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void schema_keys_areThoseOfTheReader() throws IOException {
    Set<String> known = new TreeSet<>();
    for (Section section : Section.ALL) {
      String prefix = section.path().isEmpty() ? "" : section.path() + ".";
      section.keys().forEach(key -> known.add(prefix + key));
    }
    Set<String> published = new TreeSet<>();
    JsonNode root = schema();
    collect(root, root, "", published);

    assertThat(published).isEqualTo(known);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void schema_example_isValid(String yaml) throws IOException {
    assertThat(validator().validate(json(yaml))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void schema_mistake_isFound(String line) throws IOException {
    assertThat(validator().validate(json(Examples.BASE + line))).isNotEmpty();
  }

  static Stream<String> examples() {
    return Stream.of(
        Examples.BASE, Examples.MINIMAL, Examples.SUPPORTED, Examples.FULL, Examples.REST);
  }

  static Stream<String> mistakes() {
    return Stream.of(
        "lisen: {}",
        "listen: { api: 8080 }",
        "admin: { token: hunter2 }",
        "  m: { served_by: u/m, price: { input: 1, output: 1, above: { input: 1, output: 1 } } }",
        "routes: { auto: [ { model: mini, min_score: 2 } ] }",
        "policies: [ { name: a, budget: 5 EUR per month } ]",
        "policies: [ { name: a, requests_per_minute: 0 } ]",
        "policies: [ { name: a, applies_to: { tier: dear } } ]",
        "policies: [ { name: a, wait: 5 } ]",
        "ledger: redis://ledger:6379",
        "ledger: { retention: 30d }",
        "keys: [ { name: a, sha256: abc } ]",
        "limits: { drain: 5 }");
  }

  /** Walks all branches; short forms count as the long form that they stand for. */
  private static void collect(JsonNode root, JsonNode node, String path, Set<String> found) {
    if (node.has("$ref")) {
      collect(root, root.at(node.get("$ref").asText().substring(1)), path, found);
    }
    node.path("anyOf").forEach(branch -> collect(root, branch, path, found));
    node.path("properties")
        .properties()
        .forEach(
            property -> {
              String member = path.isEmpty() ? property.getKey() : path + "." + property.getKey();
              found.add(member);
              collect(root, property.getValue(), member, found);
            });
    if (node.path("additionalProperties").isObject()) {
      collect(root, node.get("additionalProperties"), path + ".*", found);
    }
    if (node.has("items")) {
      String elements = path.equals("routes.*") ? "routes.*.tiers[]" : path + "[]";
      collect(root, node.get("items"), elements, found);
    }
  }

  private static JsonNode schema() throws IOException {
    try (InputStream in = SchemaTest.class.getResourceAsStream("schema/ponder.schema.json")) {
      return JSON.readTree(Objects.requireNonNull(in, "schema/ponder.schema.json"));
    }
  }

  private static Schema validator() throws IOException {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(schema());
  }

  private static JsonNode json(String yaml) {
    Object tree = new Load(LoadSettings.builder().build()).loadFromString(yaml);
    return JSON.valueToTree(tree);
  }
}
