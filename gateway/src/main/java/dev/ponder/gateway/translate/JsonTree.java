package dev.ponder.gateway.translate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.ponder.gateway.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON as objects in memory: a {@link LinkedHashMap} that keeps the order of its members, an {@link
 * ArrayList}, a {@link String}, a {@link JsonNumber} that keeps its spelling, a {@link Boolean}, or
 * null.
 *
 * <p>What is read is bounded in depth, in its number of values and in the length of its names, so
 * that a small text cannot become a large tree. What is written has no blanks.
 */
final class JsonTree {

  private static final int DEPTH_MAX = 256;
  private static final int NAME_MAX = 4096;
  private static final int NUMBER_MAX = 400;

  /** A value takes about a hundred bytes of heap. */
  private static final int VALUES_MAX = 500_000;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH_MAX)
                  .maxNameLength(NAME_MAX)
                  .maxNumberLength(NUMBER_MAX)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private int values;

  private JsonTree() {}

  /**
   * Reads one value and nothing behind it.
   *
   * @throws IOException if it is not JSON, or too deep or too large
   */
  static @Nullable Object read(byte[] json, int from, int to) throws IOException {
    try (JsonParser parser = FACTORY.createParser(json, from, to - from)) {
      return whole(parser);
    }
  }

  /** Reads one value out of a text, for JSON that travels inside of a JSON string. */
  static @Nullable Object read(String json) throws IOException {
    try (JsonParser parser = FACTORY.createParser(json)) {
      return whole(parser);
    }
  }

  private static @Nullable Object whole(JsonParser parser) throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      throw new IOException("empty (expected: a JSON value)");
    }
    Object value = new JsonTree().value(parser, first);
    if (parser.nextToken() != null) {
      throw new IOException("more than one value (expected: one)");
    }
    return value;
  }

  private @Nullable Object value(JsonParser parser, JsonToken token) throws IOException {
    if (++values > VALUES_MAX) {
      throw new IOException("too many values (expected: at most " + VALUES_MAX + ")");
    }
    return switch (token) {
      case START_OBJECT -> members(parser);
      case START_ARRAY -> elements(parser);
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new JsonNumber(parser.getText());
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new IOException(token + " (expected: a JSON value)");
    };
  }

  private Map<String, @Nullable Object> members(JsonParser parser) throws IOException {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    for (JsonToken token = parser.nextToken();
        token == JsonToken.FIELD_NAME;
        token = parser.nextToken()) {
      String name = parser.currentName();
      members.put(name, value(parser, parser.nextToken()));
    }
    return members;
  }

  private List<@Nullable Object> elements(JsonParser parser) throws IOException {
    List<@Nullable Object> elements = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      elements.add(value(parser, token));
    }
    return elements;
  }

  /** An object of these names and values, by turns. A value of Java's null is left out. */
  static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      Object value = namesAndValues[i + 1];
      if (value != null) {
        members.put(String.valueOf(namesAndValues[i]), value);
      }
    }
    return members;
  }

  /** Its JSON in UTF-8. */
  static byte[] bytes(@Nullable Object value) {
    return text(value).getBytes(StandardCharsets.UTF_8);
  }

  /** Its JSON. */
  static String text(@Nullable Object value) {
    StringBuilder out = new StringBuilder(512);
    append(out, value);
    return out.toString();
  }

  private static void append(StringBuilder out, @Nullable Object value) {
    if (value instanceof String text) {
      Json.appendString(out, text);
    } else if (value instanceof Map<?, ?> members) {
      appendObject(out, members);
    } else if (value instanceof List<?> elements) {
      char before = '[';
      for (Object element : elements) {
        out.append(before);
        append(out, element);
        before = ',';
      }
      out.append(before == '[' ? "[]" : "]");
    } else if (value instanceof JsonNumber number) {
      out.append(number.text());
    } else {
      out.append(value); // true, false, null and whole numbers look alike in Java and JSON
    }
  }

  private static void appendObject(StringBuilder out, Map<?, ?> members) {
    char before = '{';
    for (Map.Entry<?, ?> member : members.entrySet()) {
      out.append(before);
      Json.appendString(out, String.valueOf(member.getKey()));
      out.append(':');
      append(out, member.getValue());
      before = ',';
    }
    out.append(before == '{' ? "{}" : "}");
  }
}
