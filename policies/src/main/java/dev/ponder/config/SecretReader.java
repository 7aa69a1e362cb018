package dev.ponder.config;

import dev.ponder.policy.SecretReference;
import java.util.Optional;

/** Reads places that want a reference to a secret, and never shows what stands there instead. */
final class SecretReader {

  private static final String EXPECTED = "env:NAME or file:PATH";

  private SecretReader() {}

  static Optional<SecretReference> read(YamlValue value) {
    if (!value.isScalar()) {
      value.refuse(EXPECTED);
      return Optional.empty();
    }
    Optional<SecretReference> reference = value.text(EXPECTED).flatMap(SecretReference::parse);
    if (reference.isEmpty()) {
      value.error("a literal secret (expected: " + EXPECTED + ")");
    }
    return reference;
  }
}
