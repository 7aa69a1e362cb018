package dev.ponder.config;

import java.util.Map;
import java.util.Optional;

/**
 * A mapping whose keys are known.
 *
 * @param section the keys it may have
 * @param place the mapping as a value
 * @param members what stands in the file, unknown keys included
 */
record YamlMapping(Section section, YamlValue place, Map<String, YamlValue> members) {

  /**
   * A member, if it is there.
   *
   * @throws IllegalArgumentException if the section does not list the key: a reader must not know
   *     more than suggestions and schema do
   */
  Optional<YamlValue> get(String key) {
    if (!section.keys().contains(key)) {
      throw new IllegalArgumentException("key: " + key + " (expected: " + section.keys() + ")");
    }
    return Optional.ofNullable(members.get(key));
  }

  /** A member that must be there. */
  Optional<YamlValue> require(String key, String expected) {
    Optional<YamlValue> value = get(key);
    if (value.isEmpty()) {
      place.errorMissing(key, expected);
    }
    return value;
  }
}
