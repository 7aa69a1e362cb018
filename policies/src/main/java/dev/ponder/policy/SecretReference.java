package dev.ponder.policy;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a secret is to be found, never the secret itself: {@code env:NAME} or {@code file:PATH}.
 *
 * @param kind what kind of place
 * @param place the name of the environment variable or the path of the file
 */
public record SecretReference(Kind kind, String place) {

  /** The kinds of places that hold secrets. */
  public enum Kind {
    ENV,
    FILE
  }

  private static final Pattern ENV_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

  private static final int PATH_MAX = 1024;

  public SecretReference {
    if (place.isBlank()) {
      throw new IllegalArgumentException("place: blank (expected: env:NAME or file:PATH)");
    }
  }

  /** The reference that a text such as {@code env:OPENAI_API_KEY} is; absent if it is none. */
  public static Optional<SecretReference> parse(String text) {
    if (text.startsWith("env:")) {
      String name = text.substring("env:".length());
      return ENV_NAME.matcher(name).matches()
          ? Optional.of(new SecretReference(Kind.ENV, name))
          : Optional.empty();
    }
    if (text.startsWith("file:")) {
      String path = text.substring("file:".length());
      boolean sound = !path.isBlank() && path.length() <= PATH_MAX && path.indexOf(0) < 0;
      return sound ? Optional.of(new SecretReference(Kind.FILE, path)) : Optional.empty();
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return (kind == Kind.ENV ? "env:" : "file:") + place;
  }
}
