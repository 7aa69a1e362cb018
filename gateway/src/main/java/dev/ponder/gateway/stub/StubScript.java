package dev.ponder.gateway.stub;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an answer shall be like: a value for some of the {@link Knob}s. Immutable; a script is laid
 * over another with {@link #over}.
 */
public final class StubScript {

  /** Nothing is scripted: an instant, correct answer. */
  public static final StubScript EMPTY = new StubScript(new EnumMap<>(Knob.class));

  private static final int TEXT_MAX = 4_000;

  private final EnumMap<Knob, Object> values;

  private StubScript(EnumMap<Knob, Object> values) {
    this.values = values;
  }

  /**
   * Reads {@code latency=200ms; tokens=120; no_usage}: pairs between semicolons or commas, a bare
   * word meaning {@code true}.
   *
   * @throws IllegalArgumentException naming the knob, the value and what was expected
   */
  public static StubScript parse(String text) {
    if (text.length() > TEXT_MAX) {
      throw new IllegalArgumentException(
          "script: " + text.length() + " characters (expected: at most " + TEXT_MAX + ")");
    }
    StubScript script = EMPTY;
    for (String pair : text.split("[;,]", 0)) {
      int equals = pair.indexOf('=');
      String word = (equals < 0 ? pair : pair.substring(0, equals)).strip();
      String value = equals < 0 ? "true" : pair.substring(equals + 1).strip();
      if (!word.isEmpty()) {
        script = script.with(word, value);
      }
    }
    return script;
  }

  /**
   * Reads a JSON object such as {@code {"latency": "2s", "tokens": 120}}.
   *
   * @throws IllegalArgumentException naming the knob, the value and what was expected
   */
  static StubScript parse(JsonObject members) {
    StubScript script = EMPTY;
    for (Map.Entry<String, Object> member : members) {
      script = script.with(member.getKey(), String.valueOf(member.getValue()));
    }
    return script;
  }

  /**
   * Reads the header {@code x-stub-script}.
   *
   * @throws StubRefusal if it names what does not exist
   */
  static StubScript ofHeader(HttpServerRequest http) {
    String header = http.getHeader("x-stub-script");
    try {
      return header == null ? EMPTY : parse(header);
    } catch (IllegalArgumentException e) {
      throw StubRefusal.badRequest("x-stub-script", String.valueOf(e.getMessage()));
    }
  }

  /** This script with one more knob set. */
  public StubScript with(Knob knob, String value) {
    EnumMap<Knob, Object> copy = values.clone();
    copy.put(knob, knob.parse(value));
    return new StubScript(copy);
  }

  private StubScript with(String word, String value) {
    Knob knob =
        Knob.of(word)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "script: " + word + " (expected: one of " + words() + ")"));
    return with(knob, value);
  }

  /** This script where it says something, {@code below} elsewhere. */
  public StubScript over(StubScript below) {
    if (this == EMPTY) {
      return below;
    }
    EnumMap<Knob, Object> merged = below.values.clone();
    merged.putAll(values);
    return new StubScript(merged);
  }

  boolean has(Knob knob) {
    return values.containsKey(knob);
  }

  boolean flag(Knob knob) {
    return Boolean.TRUE.equals(values.get(knob));
  }

  long number(Knob knob, long otherwise) {
    return values.get(knob) instanceof Long number ? number : otherwise;
  }

  String text(Knob knob, String otherwise) {
    return values.get(knob) instanceof String text ? text : otherwise;
  }

  Amount amount(Knob knob, Amount otherwise) {
    return values.get(knob) instanceof Amount amount ? amount : otherwise;
  }

  @Nullable Cut cut(Knob knob) {
    return (Cut) values.get(knob);
  }

  /** What ends a line of a stream. */
  String lineEnd() {
    return switch (text(Knob.EOL, "lf")) {
      case "crlf" -> "\r\n";
      case "cr" -> "\r";
      default -> "\n";
    };
  }

  private static String words() {
    StringBuilder out = new StringBuilder();
    for (Knob knob : Knob.values()) {
      out.append(out.isEmpty() ? "" : ", ").append(knob.word());
    }
    return out.toString();
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    for (Knob knob : Knob.values()) {
      if (has(knob)) {
        out.append(out.isEmpty() ? "" : "; ").append(knob.word()).append('=');
        out.append(values.get(knob));
      }
    }
    return out.toString();
  }
}
