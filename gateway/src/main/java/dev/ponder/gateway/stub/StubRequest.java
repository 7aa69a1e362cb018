package dev.ponder.gateway.stub;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the stub needs to know of a request. One pass of a streaming parser; the members that few
 * requests have are kept as bytes and read when they are asked for.
 */
final class StubRequest {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  private static final String SCRIPT_LINE = "stub:";
  private static final int CHOICES_MAX = 16;
  private static final int DIMENSIONS_MAX = 4_096;
  private static final int DIMENSIONS_DEFAULT = 64;

  private final StubDialect dialect;
  private final byte[] body;
  private final StubPrompt prompt = new StubPrompt();
  private final Map<String, byte[]> kept = new HashMap<>(4);
  private String model = "";
  private boolean stream;
  private boolean background;
  private boolean store = true;
  private boolean base64;
  private String previous = "";
  private long cap = Long.MAX_VALUE;
  private boolean newCap;
  private int choices = 1;
  private int dimensions = DIMENSIONS_DEFAULT;

  private StubRequest(StubDialect dialect, byte[] body, String deployment) {
    this.dialect = dialect;
    this.body = body;
    model = deployment;
  }

  /**
   * Reads a body.
   *
   * @param deployment the model that the path names, as Azure's does; else empty
   * @throws StubRefusal if it is not a request of this dialect
   */
  static StubRequest read(StubDialect dialect, byte[] body, String deployment) {
    StubRequest request = new StubRequest(dialect, body, deployment);
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
    request.check(deployment);
    return request;
  }

  private void check(String deployment) {
    if (!deployment.isEmpty()) {
      model = deployment;
    }
    if (model.isEmpty()) {
      throw StubRefusal.badRequest("model", "you must provide a model parameter");
    }
    if (prompt.isEmpty() && previous.isEmpty()) {
      String name = question();
      throw StubRefusal.badRequest(name, name + ": none (expected: at least one)");
    }
    if (dialect == StubDialect.MESSAGES && cap == Long.MAX_VALUE) {
      throw StubRefusal.badRequest("max_tokens", "max_tokens: Field required");
    }
  }

  /** The member that the question stands in. */
  private String question() {
    return switch (dialect) {
      case CHAT, MESSAGES, COUNT_TOKENS -> "messages";
      case COMPLETIONS -> "prompt";
      case RESPONSES, INPUT_TOKENS, COMPACTION, EMBEDDINGS -> "input";
    };
  }

  private void member(String name, JsonParser json) throws IOException {
    if (name.equals(question())) {
      question(name, json);
      return;
    }
    switch (name) {
      case "model" -> model = string(name, json);
      case "stream" -> stream = json.currentToken() == JsonToken.VALUE_TRUE && dialect.streams();
      case "background" -> background = json.currentToken() == JsonToken.VALUE_TRUE;
      case "store" -> store = json.currentToken() != JsonToken.VALUE_FALSE;
      case "max_completion_tokens", "max_output_tokens" -> {
        cap = count(name, json, Amount.TOKENS_MAX * 10, newCap ? cap : Long.MAX_VALUE);
        newCap = cap != Long.MAX_VALUE;
      }
      case "max_tokens" -> {
        long old = count(name, json, Amount.TOKENS_MAX * 10, Long.MAX_VALUE);
        cap = newCap ? cap : old;
      }
      case "n" -> choices = (int) count(name, json, CHOICES_MAX, 1);
      case "dimensions" -> dimensions = (int) count(name, json, DIMENSIONS_MAX, DIMENSIONS_DEFAULT);
      case "encoding_format" -> base64 = json.getText().equals("base64");
      case "previous_response_id" ->
          previous = json.currentToken() == JsonToken.VALUE_NULL ? "" : string(name, json);
      case "system", "instructions" -> {
        keep(name, json);
        readAgain(name);
      }
      case "stream_options", "tools", "tool_choice", "response_format", "text", "stub" ->
          keep(name, json);
      case "output_config", "thinking", "reasoning", "metadata" -> keep(name, json);
      default -> json.skipChildren();
    }
  }

  private void question(String name, JsonParser json) throws IOException {
    if (dialect.takesItems()) {
      int start = (int) json.currentTokenLocation().getByteOffset();
      prompt.items(name, json);
      keep(name, start, json);
    } else if (dialect == StubDialect.COMPLETIONS || dialect == StubDialect.EMBEDDINGS) {
      prompt.inputs(name, json);
    } else {
      prompt.messages(name, json);
    }
  }

  private void readAgain(String name) throws IOException {
    byte[] bytes = kept.get(name);
    if (bytes != null) {
      try (JsonParser again = JSON.createParser(bytes)) {
        again.nextToken();
        prompt.instructions(again);
      }
    }
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

  /** Keeps the bytes of a value that is not null. */
  private void keep(String name, JsonParser json) throws IOException {
    int start = (int) json.currentTokenLocation().getByteOffset();
    json.skipChildren();
    keep(name, start, json);
  }

  private void keep(String name, int start, JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    if (json.currentToken() == JsonToken.VALUE_STRING) {
      json.getText(); // the parser is lazy; only now it stands behind the string
    }
    int end = (int) json.currentLocation().getByteOffset();
    kept.put(name, Arrays.copyOfRange(body, start, end));
  }

  /** A member that was kept, if it is an object; else an empty one. */
  JsonObject object(String name) {
    byte[] bytes = kept.get(name);
    return bytes == null || bytes[0] != '{'
        ? new JsonObject()
        : new JsonObject(Buffer.buffer(bytes));
  }

  /** A member that was kept, as it was sent; null for none. */
  @Nullable Object value(String name) {
    byte[] bytes = kept.get(name);
    return bytes == null ? null : io.vertx.core.json.Json.decodeValue(Buffer.buffer(bytes));
  }

  /** A member that was kept, if it is an array; else an empty one. */
  JsonArray array(String name) {
    byte[] bytes = kept.get(name);
    return bytes == null || bytes[0] != '[' ? new JsonArray() : new JsonArray(Buffer.buffer(bytes));
  }

  StubDialect dialect() {
    return dialect;
  }

  String model() {
    return model;
  }

  boolean stream() {
    return stream;
  }

  /** Whether the answer is to be made later, and fetched. */
  boolean background() {
    return background && dialect == StubDialect.RESPONSES;
  }

  /** Whether the answer can be fetched again. */
  boolean store() {
    return store || background;
  }

  /** The id of the answer that this one follows; empty for none. */
  String previous() {
    return previous;
  }

  /** Whether vectors are wanted as bytes. */
  boolean base64() {
    return base64;
  }

  int dimensions() {
    return dimensions;
  }

  boolean includeUsage() {
    return Boolean.TRUE.equals(object("stream_options").getValue("include_usage"));
  }

  /** Whether the caller has switched reasoning off. */
  boolean thinkingDisabled() {
    return "disabled".equals(object("thinking").getValue("type"));
  }

  /** The most output tokens of a choice, reasoning included; {@code Long.MAX_VALUE} for none. */
  long cap() {
    return cap;
  }

  /** How many answers are wanted, of all prompts together. */
  int choices() {
    return dialect == StubDialect.COMPLETIONS
        ? choices * Math.max(1, prompt.inputHashes().size())
        : choices;
  }

  StubPrompt prompt() {
    return prompt;
  }

  /**
   * What the request itself scripts, its first line over its member {@code stub}.
   *
   * @throws StubRefusal if a knob is unknown or its value is
   */
  StubScript script() {
    StubScript script = StubScript.EMPTY;
    try {
      byte[] stub = kept.get("stub");
      if (stub != null) {
        script = StubScript.parse(new JsonObject(Buffer.buffer(stub)));
      }
      String words = prompt.lastUserText();
      if (words.startsWith(SCRIPT_LINE)) {
        int end = words.indexOf('\n');
        String line = words.substring(0, end < 0 ? words.length() : end);
        script = StubScript.parse(line.substring(SCRIPT_LINE.length())).over(script);
      }
    } catch (RuntimeException e) {
      throw StubRefusal.badRequest("stub", String.valueOf(e.getMessage()));
    }
    return script;
  }

  /** The tools and the format that are asked for. */
  StubTools tools() {
    String format =
        dialect == StubDialect.CHAT
            ? "response_format"
            : dialect.takesItems() ? "text" : "output_config";
    return new StubTools(kept.get("tools"), kept.get("tool_choice"), kept.get(format));
  }
}
