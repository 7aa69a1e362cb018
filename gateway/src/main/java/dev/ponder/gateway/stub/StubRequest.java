package dev.ponder.gateway.stub;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the stub needs to know of a chat completion request. One pass of a streaming parser; the
 * members that few requests have are kept as bytes and read when they are asked for.
 */
final class StubRequest {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  private static final String SCRIPT_LINE = "stub:";
  private static final int CHOICES_MAX = 16;

  /** Tokens that a message costs beside its text. */
  private static final int MESSAGE_TOKENS = 4;

  private static final int BYTES_PER_TOKEN = 4;

  private final byte[] body;
  private String model = "";
  private boolean stream;
  private boolean includeUsage;
  private long cap = Long.MAX_VALUE;
  private boolean newCap;
  private int choices = 1;
  private long promptHash;
  private long textBytes;
  private long messages;
  private String lastUserText = "";
  private byte @Nullable [] tools;
  private byte @Nullable [] toolChoice;
  private byte @Nullable [] responseFormat;
  private byte @Nullable [] stub;

  private StubRequest(byte[] body) {
    this.body = body;
  }

  /**
   * Reads a body.
   *
   * @throws StubRefusal if it is not a chat completion request
   */
  static StubRequest read(byte[] body) {
    StubRequest request = new StubRequest(body);
    try (JsonParser json = JSON.createParser(body)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw StubRefusal.badRequest(null, "The body is not a JSON object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        request.member(name, json);
      }
      if (json.nextToken() != null) {
        throw StubRefusal.badRequest(null, "The body has something behind its JSON object");
      }
    } catch (IOException e) {
      throw StubRefusal.badRequest(null, "The body is not JSON: " + e.getClass().getSimpleName());
    }
    if (request.model.isEmpty()) {
      throw StubRefusal.badRequest("model", "you must provide a model parameter");
    }
    if (request.messages == 0) {
      throw StubRefusal.badRequest("messages", "messages: none (expected: at least one)");
    }
    return request;
  }

  private void member(String name, JsonParser json) throws IOException {
    switch (name) {
      case "model" -> model = string(name, json);
      case "stream" -> stream = json.currentToken() == JsonToken.VALUE_TRUE;
      case "max_completion_tokens" -> {
        cap = count(name, json, Amount.TOKENS_MAX * 10, newCap ? cap : Long.MAX_VALUE);
        newCap = cap != Long.MAX_VALUE;
      }
      case "max_tokens" -> {
        long old = count(name, json, Amount.TOKENS_MAX * 10, Long.MAX_VALUE);
        cap = newCap ? cap : old;
      }
      case "n" -> choices = (int) count(name, json, CHOICES_MAX, 1);
      case "messages" -> messages(json);
      case "stream_options" ->
          includeUsage = Boolean.TRUE.equals(tree(json).getBoolean("include_usage"));
      case "tools" -> tools = bytes(json);
      case "tool_choice" -> toolChoice = bytes(json);
      case "response_format" -> responseFormat = bytes(json);
      case "stub" -> stub = bytes(json);
      default -> json.skipChildren();
    }
  }

  private void messages(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw StubRefusal.badRequest("messages", "messages: not an array (expected: an array)");
    }
    while (json.nextToken() == JsonToken.START_OBJECT) {
      messages++;
      String role = "";
      StringBuilder text = new StringBuilder(0);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "role" -> role = string("role", json);
          case "content" -> content(json, text);
          default -> json.skipChildren();
        }
      }
      if (role.equals("user")) {
        lastUserText = text.toString();
      }
      promptHash = Mix.fold(promptHash, role.hashCode());
    }
    if (json.currentToken() != JsonToken.END_ARRAY) {
      throw StubRefusal.badRequest("messages", "messages: not objects (expected: objects)");
    }
  }

  private void content(JsonParser json, StringBuilder text) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_STRING) {
      text(json.getText(), text);
    } else if (json.currentToken() == JsonToken.START_ARRAY) {
      while (json.nextToken() == JsonToken.START_OBJECT) {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          boolean isText = json.currentName().equals("text");
          if (json.nextToken() == JsonToken.VALUE_STRING && isText) {
            text(json.getText(), text);
          } else {
            json.skipChildren();
          }
        }
      }
    } else {
      json.skipChildren();
    }
  }

  private void text(String part, StringBuilder text) {
    text.append(part);
    long bytes = 0;
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
    }
    textBytes += bytes;
    promptHash = Mix.fold(promptHash, part.hashCode() ^ bytes << 32);
  }

  private static String string(String name, JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw StubRefusal.badRequest(name, name + ": not a string (expected: a string)");
    }
    return json.getText();
  }

  private static long count(String name, JsonParser json, long max, long otherwise)
      throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return otherwise;
    }
    if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
        || json.getLongValue() < 1
        || json.getLongValue() > max) {
      throw StubRefusal.badRequest(name, name + ": out of range (expected: 1.." + max + ")");
    }
    return json.getLongValue();
  }

  private byte @Nullable [] bytes(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    int start = (int) json.currentTokenLocation().getByteOffset();
    json.skipChildren();
    if (json.currentToken() == JsonToken.VALUE_STRING) {
      json.getText(); // the parser is lazy; only now it stands behind the string
    }
    return Arrays.copyOfRange(body, start, (int) json.currentLocation().getByteOffset());
  }

  private JsonObject tree(JsonParser json) throws IOException {
    byte[] bytes = bytes(json);
    return bytes == null || bytes[0] != '{'
        ? new JsonObject()
        : new JsonObject(Buffer.buffer(bytes));
  }

  String model() {
    return model;
  }

  boolean stream() {
    return stream;
  }

  boolean includeUsage() {
    return includeUsage;
  }

  /** The most output tokens of a choice, reasoning included; {@code Long.MAX_VALUE} for none. */
  long cap() {
    return cap;
  }

  int choices() {
    return choices;
  }

  /** Depends on the text and the roles of all messages and on nothing else. */
  long promptHash() {
    return promptHash;
  }

  /** A count, not a tokenizer's: a token is four bytes of UTF-8, and a message costs four more. */
  long promptTokens() {
    return MESSAGE_TOKENS * messages + (textBytes + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN;
  }

  /**
   * What the request itself scripts, its first line over its member {@code stub}.
   *
   * @throws StubRefusal if a knob is unknown or its value is
   */
  StubScript script() {
    StubScript script = StubScript.EMPTY;
    try {
      if (stub != null) {
        script = StubScript.parse(new JsonObject(Buffer.buffer(stub)));
      }
      if (lastUserText.startsWith(SCRIPT_LINE)) {
        int end = lastUserText.indexOf('\n');
        String line = lastUserText.substring(0, end < 0 ? lastUserText.length() : end);
        script = StubScript.parse(line.substring(SCRIPT_LINE.length())).over(script);
      }
    } catch (RuntimeException e) {
      throw StubRefusal.badRequest("stub", String.valueOf(e.getMessage()));
    }
    return script;
  }

  /** The tool to call, if tools are given and the caller or the prompt asks for one. */
  @Nullable JsonObject calledTool() {
    if (tools == null || tools[0] != '[') {
      return null;
    }
    String wanted = null;
    if (toolChoice != null && toolChoice[0] == '{') {
      wanted =
          new JsonObject(Buffer.buffer(toolChoice))
              .getJsonObject("function", new JsonObject())
              .getString("name");
    } else if (toolChoice == null || !new String(toolChoice, UTF_8).equals("\"required\"")) {
      if (!lastUserText.toLowerCase(Locale.ROOT).contains("call the tool")) {
        return null;
      }
    }
    for (Object tool : new JsonArray(Buffer.buffer(tools))) {
      if (tool instanceof JsonObject object
          && object.getValue("function") instanceof JsonObject function
          && (wanted == null || wanted.equals(function.getString("name")))) {
        return function;
      }
    }
    return null;
  }

  /** The schema that the answer has to satisfy; empty for any JSON object, null for plain text. */
  @Nullable JsonObject answerSchema() {
    if (responseFormat == null || responseFormat[0] != '{') {
      return null;
    }
    JsonObject format = new JsonObject(Buffer.buffer(responseFormat));
    return switch (format.getString("type", "text")) {
      case "json_schema" ->
          format
              .getJsonObject("json_schema", new JsonObject())
              .getJsonObject("schema", new JsonObject());
      case "json_object" -> new JsonObject().put("type", "object");
      default -> null;
    };
  }
}
