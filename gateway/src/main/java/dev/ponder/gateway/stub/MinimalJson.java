package dev.ponder.gateway.stub;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * The smallest value that a simple JSON schema accepts: required members only, the first of an
 * enumeration, the least number, the shortest array. Combinators take their first branch, local
 * references are followed; patterns and formats are not looked at.
 */
final class MinimalJson {

  private static final int DEPTH_MAX = 32;

  /** No array or string of an answer needs more. */
  private static final int LENGTH_MAX = 1_000;

  private final JsonObject root;

  private MinimalJson(JsonObject root) {
    this.root = root;
  }

  /** The value in JSON, in ASCII without spaces; the same for the same schema. */
  static String of(JsonObject schema) {
    String json = Json.encode(new MinimalJson(schema).value(schema, 0));
    StringBuilder ascii = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c < 0x80) {
        ascii.append(c);
      } else {
        ascii.append(String.format("\\u%04x", (int) c));
      }
    }
    return ascii.toString();
  }

  private @Nullable Object value(JsonObject schema, int depth) {
    if (depth > DEPTH_MAX) {
      return null;
    }
    if (schema.containsKey("const")) {
      return schema.getValue("const");
    }
    if (schema.getValue("enum") instanceof JsonArray choices && !choices.isEmpty()) {
      return choices.getValue(0);
    }
    if (schema.getValue("$ref") instanceof String reference) {
      return value(resolve(reference), depth + 1);
    }
    for (String combinator : new String[] {"anyOf", "oneOf", "allOf"}) {
      if (schema.getValue(combinator) instanceof JsonArray branches
          && !branches.isEmpty()
          && branches.getValue(0) instanceof JsonObject branch) {
        return value(branch, depth + 1);
      }
    }
    return switch (type(schema)) {
      case "object" -> object(schema, depth);
      case "array" -> array(schema, depth);
      case "string" -> string(schema);
      case "integer", "number" -> number(schema);
      case "boolean" -> true;
      default -> null;
    };
  }

  private static String type(JsonObject schema) {
    Object type = schema.getValue("type");
    if (type instanceof JsonArray types && !types.isEmpty()) {
      type = types.getValue(0);
    }
    return type instanceof String name ? name : "object";
  }

  private JsonObject object(JsonObject schema, int depth) {
    JsonObject made = new JsonObject();
    JsonArray required = schema.getJsonArray("required", new JsonArray());
    JsonObject properties = schema.getJsonObject("properties", new JsonObject());
    for (int i = 0; i < required.size(); i++) {
      String name = required.getString(i);
      made.put(name, value(properties.getJsonObject(name, new JsonObject()), depth + 1));
    }
    return made;
  }

  private JsonArray array(JsonObject schema, int depth) {
    JsonArray made = new JsonArray();
    int length = bounded(schema.getInteger("minItems", 0));
    JsonObject items = schema.getJsonObject("items", new JsonObject());
    for (int i = 0; i < length; i++) {
      made.add(value(items, depth + 1));
    }
    return made;
  }

  private static String string(JsonObject schema) {
    String word = "stub";
    int least = bounded(schema.getInteger("minLength", 0));
    String text = word.repeat(Math.max(1, (least + word.length() - 1) / word.length()));
    int most = Math.max(0, schema.getInteger("maxLength", text.length()));
    return text.substring(0, Math.min(text.length(), most));
  }

  private static Number number(JsonObject schema) {
    if (schema.getNumber("minimum") != null) {
      return schema.getNumber("minimum");
    }
    if (schema.getNumber("exclusiveMinimum") != null) {
      return schema.getNumber("exclusiveMinimum").longValue() + 1;
    }
    Number maximum = schema.getNumber("maximum");
    return maximum != null && maximum.doubleValue() < 1 ? maximum : 1;
  }

  private JsonObject resolve(String reference) {
    JsonObject at = root;
    for (String step : reference.split("/", 0)) {
      if (!step.equals("#")) {
        at = at.getJsonObject(step, new JsonObject());
      }
    }
    return at;
  }

  private static int bounded(int length) {
    return Math.max(0, Math.min(LENGTH_MAX, length));
  }
}
