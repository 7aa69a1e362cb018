package dev.ponder.config;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code keys}. */
final class KeyReader {

  private static final int TAG_VALUE_MAX = 128;

  private final Set<String> askable;
  private final LocalDate today;
  private final Set<String> names = new HashSet<>();
  private final Set<String> hashes = new HashSet<>();

  /**
   * @param askable the routes and models that a key may be limited to
   */
  KeyReader(Set<String> askable, LocalDate today) {
    this.askable = askable;
    this.today = today;
  }

  List<Configuration.Key> read(List<YamlValue> elements) {
    List<Configuration.Key> keys = new ArrayList<>();
    for (YamlValue element : elements) {
      element
          .mapping(Section.KEY, "a key with name and sha256")
          .flatMap(this::key)
          .ifPresent(keys::add);
    }
    return keys;
  }

  private Optional<Configuration.Key> key(YamlMapping mapping) {
    Optional<YamlValue> nameValue = mapping.require("name", "a name of its own");
    Optional<String> name = nameValue.flatMap(YamlValue::name);
    if (name.isPresent() && !names.add(name.get())) {
      nameValue.get().refuse("a name of its own: another key has it");
    }
    String team = mapping.get("team").flatMap(YamlValue::name).orElse("");
    Map<String, String> tags = mapping.get("tags").map(KeyReader::tags).orElse(Map.of());
    Optional<String> sha256 =
        mapping
            .require("sha256", "the SHA-256 of the key: 64 hexadecimal digits")
            .flatMap(this::sha256);
    Set<String> models = mapping.get("models").map(this::models).orElse(Set.of());
    Optional<Instant> expires = mapping.get("expires").flatMap(this::expires);
    return name.flatMap(
        n -> sha256.map(hash -> new Configuration.Key(n, team, tags, hash, models, expires)));
  }

  /** Names to values, as keys carry them and policies ask for them. */
  static Map<String, String> tags(YamlValue value) {
    Map<String, String> tags = new LinkedHashMap<>();
    value
        .named("names and values, such as { workload: batch }")
        .forEach(
            (name, element) ->
                element
                    .parse(
                        "a text of 1 to " + TAG_VALUE_MAX + " characters",
                        t -> Optional.of(t).filter(v -> v.length() <= TAG_VALUE_MAX))
                    .ifPresent(text -> tags.put(name, text)));
    return tags;
  }

  /** Its message never shows the value: it may be the key itself. */
  private Optional<String> sha256(YamlValue value) {
    if (!value.isScalar()) {
      value.refuse("64 hexadecimal digits");
      return Optional.empty();
    }
    Optional<String> hash =
        value
            .peekText()
            .map(t -> t.toLowerCase(Locale.ROOT))
            .filter(t -> t.matches("[0-9a-f]{64}"));
    if (hash.isEmpty()) {
      value.error("not a SHA-256 (expected: 64 hexadecimal digits; ponder key new makes one)");
    } else if (!hashes.add(hash.get())) {
      value.error("another key has this hash (expected: one entry a key)");
    }
    return hash;
  }

  private Set<String> models(YamlValue value) {
    Set<String> models = new LinkedHashSet<>();
    for (YamlValue element : value.oneOrMore("a list of routes and models")) {
      Optional<String> name = element.text("a route or model");
      if (name.isPresent() && !askable.contains(name.get())) {
        String unknown = "unknown route or model " + Problems.shown(name.get());
        element.error(unknown + " " + Suggestion.hint(name.get(), askable));
      }
      name.ifPresent(models::add);
    }
    if (value.isList() && models.isEmpty()) {
      // An empty set means all: whoever writes it out wants to allow none.
      value.error("an empty list (expected: at least one, or no models: for all)");
    }
    return models;
  }

  private Optional<Instant> expires(YamlValue value) {
    Optional<Instant> time =
        value.parse("a date such as 2027-01-31, or a time in UTC", KeyReader::instant);
    if (time.isPresent() && !time.get().isAfter(today.atStartOfDay(ZoneOffset.UTC).toInstant())) {
      value.warn("the key has expired");
    }
    return time;
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(
          text.indexOf('T') < 0
              ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
              : Instant.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
