package dev.ponder.gateway.upstream;

import dev.ponder.policy.SecretReference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Fetches secrets from where the configuration says they are. */
public final class Secrets {

  private static final long FILE_BYTES_MAX = 64 * 1024;

  private final Map<String, String> environment;

  public Secrets(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /**
   * The secret, without white space around it.
   *
   * @throws IOException if it is not there, is empty, or has characters that no header may have;
   *     the message names the place and never the secret
   */
  public String fetch(SecretReference reference) throws IOException {
    String secret =
        reference.kind() == SecretReference.Kind.ENV
            ? fromEnvironment(reference)
            : fromFile(reference);
    if (secret.isEmpty()) {
      throw new IOException(reference + ": empty (expected: a secret)");
    }
    if (!secret.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw new IOException(reference + ": has characters that a header cannot carry");
    }
    return secret;
  }

  private String fromEnvironment(SecretReference reference) throws IOException {
    String value = environment.get(reference.place());
    if (value == null) {
      throw new IOException(reference + ": not set (expected: an environment variable)");
    }
    return value.strip();
  }

  private static String fromFile(SecretReference reference) throws IOException {
    Path path = Path.of(reference.place());
    if (!Files.isReadable(path)) {
      throw new IOException(reference + ": cannot be read (expected: a file)");
    }
    if (Files.size(path) > FILE_BYTES_MAX) {
      throw new IOException(reference + ": too large (expected: at most 64 KiB)");
    }
    return Files.readString(path, StandardCharsets.UTF_8).strip();
  }
}
