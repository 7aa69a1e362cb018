package dev.ponder.gateway.translate;

import dev.ponder.gateway.wire.ApiError;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value of a caller's JSON and where it stands, so that a complaint can name it. What is absent
 * and what is null are the same. Every reading of a value that is of another type is a 400.
 */
final class Place {

  private static final int EXCERPT_MAX = 40;

  private final @Nullable Place parent;

  /** The member's name, or the element's number in brackets. */
  private final String step;

  private final @Nullable Object value;

  private Place(@Nullable Place parent, String step, @Nullable Object value) {
    this.parent = parent;
    this.step = step;
    this.value = value;
  }

  /**
   * The object that a body is.
   *
   * @throws ApiError 400 if it is none
   */
  static Place ofBody(byte[] body, int from, int to) {
    Object value;
    try {
      value = JsonTree.read(body, from, to);
    } catch (IOException | RuntimeException malformed) {
      throw ApiError.badRequest(null, "The body cannot be translated: it is not valid JSON.");
    }
    if (!(value instanceof Map)) {
      throw ApiError.badRequest(null, "The body: not an object (expected: a JSON object)");
    }
    return new Place(null, "", value);
  }

  /** A value that nobody sent, to be read like one. */
  static Place of(@Nullable Object value) {
    return new Place(null, "", value);
  }

  /** Such as {@code messages[3].content}. */
  String path() {
    if (parent == null) {
      return step;
    }
    String before = parent.path();
    return before.isEmpty() || step.startsWith("[") ? before + step : before + "." + step;
  }

  /** Whether there is a value that is not null. */
  boolean isThere() {
    return value != null;
  }

  boolean isText() {
    return value instanceof String;
  }

  boolean isList() {
    return value instanceof List;
  }

  boolean isObject() {
    return value instanceof Map;
  }

  boolean isNumber() {
    return value instanceof JsonNumber;
  }

  /** The value as it is. */
  @Nullable Object value() {
    return value;
  }

  /** A member of this object; one that is not there if this is none. */
  Place get(String name) {
    Object member = value instanceof Map<?, ?> members ? members.get(name) : null;
    return new Place(this, name, member);
  }

  /** The elements; none if there is no value. */
  List<Place> elements() {
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list)) {
      throw wrong("an array");
    }
    List<Place> places = new ArrayList<>(list.size());
    for (Object element : list) {
      places.add(new Place(this, "[" + places.size() + "]", element));
    }
    return places;
  }

  @SuppressWarnings("unchecked") // JsonTree makes no other maps
  Map<String, @Nullable Object> object() {
    if (!(value instanceof Map)) {
      throw wrong("an object");
    }
    return (Map<String, @Nullable Object>) value;
  }

  String text() {
    if (!(value instanceof String text)) {
      throw wrong("text");
    }
    return text;
  }

  /** The text; null if there is no value. */
  @Nullable String textOrNull() {
    return value == null ? null : text();
  }

  JsonNumber number() {
    if (!(value instanceof JsonNumber number)) {
      throw wrong("a number");
    }
    return number;
  }

  /** A whole number of 0 and more. */
  long count() {
    long count = number().count(Long.MAX_VALUE - 1);
    if (count < 0) {
      throw wrong("a whole number, 0 or more");
    }
    return count;
  }

  /** True or false; false if there is no value. */
  boolean flag() {
    if (value != null && !(value instanceof Boolean)) {
      throw wrong("true or false");
    }
    return value instanceof Boolean flag && flag;
  }

  /** 400: there stands something else than what may. */
  ApiError wrong(String expected) {
    return ApiError.badRequest(path(), path() + ": " + found() + " (expected: " + expected + ")");
  }

  /** 400: it is fine, but the model's API has nothing like it. */
  ApiError unknownThere(String api, String instead) {
    return ApiError.badRequest(
        path(), path() + ": cannot be said in " + api + " (expected: " + instead + ")");
  }

  private String found() {
    if (value == null) {
      return "missing";
    }
    if (value instanceof String text) {
      String brief = text.length() > EXCERPT_MAX ? text.substring(0, EXCERPT_MAX) + "…" : text;
      return JsonTree.text(brief);
    }
    if (value instanceof Map) {
      return "an object";
    }
    return value instanceof List ? "an array" : JsonTree.text(value);
  }
}
