package dev.ponder.config;

import dev.ponder.config.PriceBook.Entry;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code prices.yaml}: a list of models, each with the members that {@code models:} has. */
final class PriceBookReader {

  private static final Section FILE = Section.of("", "models");

  private static final Section ROW =
      Section.of(
          "models[]",
          "id",
          "aliases",
          "hosts",
          "price",
          "reasoning",
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
          "extra_params",
          "effort_param",
          "source",
          "as_of");

  private PriceBookReader() {}

  static List<Entry> read(String yaml, Problems problems) {
    List<Entry> entries = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    YamlSource.parse(yaml, problems)
        .flatMap(root -> root.mapping(FILE, "a mapping with models"))
        .flatMap(file -> file.require("models", "a list of models"))
        .map(models -> models.list("a list of models"))
        .orElse(List.of())
        .forEach(
            value ->
                value
                    .mapping(ROW, "a model with id and price")
                    .flatMap(row -> entry(row, seen))
                    .ifPresent(entries::add));
    return entries;
  }

  private static Optional<Entry> entry(YamlMapping row, Set<String> seen) {
    Optional<YamlValue> idValue = row.require("id", "what its provider calls it");
    Optional<String> id = idValue.flatMap(v -> v.text("what its provider calls it"));
    Set<String> hosts = words(row, "hosts");
    Set<String> aliases = words(row, "aliases");
    Set<String> ids = new LinkedHashSet<>(aliases);
    id.ifPresent(ids::add);
    for (String one : ids) {
      // The same id may cost another price elsewhere, but not twice at one place.
      if (!seen.add(hosts + " " + one)) {
        idValue.get().error(one + " stands in this file twice");
      }
    }
    row.require("price", "input and output");
    ModelFacts facts = ModelFacts.read(row, Optional.empty(), false);
    Optional<String> source =
        row.require("source", "the page that says so").flatMap(v -> v.text("a page"));
    Optional<LocalDate> asOf =
        row.require("as_of", "a date").flatMap(v -> v.parse("a date", PriceBookReader::date));
    if (id.isEmpty() || source.isEmpty() || asOf.isEmpty() || facts.price().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Entry(id.get(), aliases, hosts, facts, source.get(), asOf.get()));
  }

  private static Set<String> words(YamlMapping row, String key) {
    Set<String> words = new LinkedHashSet<>();
    row.get(key)
        .map(value -> value.list("a list of words"))
        .orElse(List.of())
        .forEach(element -> element.text("a word").ifPresent(words::add));
    return words;
  }

  private static Optional<LocalDate> date(String text) {
    try {
      return Optional.of(LocalDate.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
