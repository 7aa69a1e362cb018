package dev.ponder.gateway.stub;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a request asks, counted: messages, items of the Responses API, prompts to complete or texts
 * to embed. Text is hashed and measured; only the last words of the user are kept.
 */
final class StubPrompt {

  private static final int INPUTS_MAX = 2_048;
  private static final int DEPTH_MAX = 8;

  /** Tokens that a message costs beside its text. */
  private static final int MESSAGE_TOKENS = 4;

  private static final int BYTES_PER_TOKEN = 4;

  private long hash;
  private long textBytes;
  private long messages;
  private long tokens;
  private boolean toolAnswered;
  private boolean toolResult;
  private String lastUserText = "";
  private final List<Long> inputs = new ArrayList<>();

  /** Reads an array of messages. */
  void messages(String name, JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw StubRefusal.badRequest(name, name + ": not an array (expected: an array)");
    }
    while (json.nextToken() == JsonToken.START_OBJECT) {
      message(json);
    }
    if (json.currentToken() != JsonToken.END_ARRAY) {
      throw StubRefusal.badRequest(name, name + ": not objects (expected: objects)");
    }
  }

  /** Reads the input of the Responses API: words of the user, or an array of items. */
  void items(String name, JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_STRING) {
      messages++;
      lastUserText = json.getText();
      text(lastUserText);
    } else {
      messages(name, json);
    }
  }

  /** Reads instructions: a string or an array of parts with text. */
  void instructions(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_NULL) {
      messages++;
      content(json, new StringBuilder(0), 0);
    }
  }

  /** Reads a text or several, as words or as tokens. */
  void inputs(String name, JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      input(name, json);
      return;
    }
    JsonToken token = json.nextToken();
    if (token == JsonToken.VALUE_NUMBER_INT) {
      tokens(json);
      return;
    }
    for (; token != JsonToken.END_ARRAY; token = json.nextToken()) {
      if (token == JsonToken.START_ARRAY) {
        json.nextToken();
        tokens(json);
      } else {
        input(name, json);
      }
    }
  }

  private void input(String name, JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw StubRefusal.badRequest(
          name, name + ": neither text nor tokens (expected: a string, or an array)");
    }
    long before = hash;
    hash = 0;
    lastUserText = json.getText();
    text(lastUserText);
    addInput(name, before);
  }

  private void tokens(JsonParser json) throws IOException {
    long before = hash;
    hash = 0;
    while (json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      tokens++;
      hash = Mix.fold(hash, json.getLongValue());
      json.nextToken();
    }
    if (json.currentToken() != JsonToken.END_ARRAY) {
      throw StubRefusal.badRequest("input", "input: not numbers (expected: tokens)");
    }
    addInput("input", before);
  }

  private void addInput(String name, long before) {
    if (inputs.size() == INPUTS_MAX) {
      throw StubRefusal.badRequest(name, name + ": too many (expected: 1.." + INPUTS_MAX + ")");
    }
    inputs.add(hash);
    hash = Mix.fold(before, hash);
  }

  private void message(JsonParser json) throws IOException {
    messages++;
    toolResult = false;
    String role = "";
    StringBuilder words = new StringBuilder(0);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "role" -> role = json.getText();
        case "type" -> toolResult |= json.getText().endsWith("_call_output");
        case "content", "output" -> content(json, words, 0);
        default -> json.skipChildren();
      }
    }
    toolAnswered = toolResult || role.equals("tool");
    if (role.equals("user") && !(toolResult && words.isEmpty())) {
      lastUserText = words.toString();
    }
    hash = Mix.fold(hash, role.hashCode());
  }

  private void content(JsonParser json, StringBuilder words, int depth) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_STRING) {
      text(json.getText());
      words.append(json.getText());
    } else if (json.currentToken() == JsonToken.START_ARRAY && depth < DEPTH_MAX) {
      while (json.nextToken() == JsonToken.START_OBJECT) {
        part(json, words, depth);
      }
    } else {
      json.skipChildren();
    }
  }

  private void part(JsonParser json, StringBuilder words, int depth) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (name.equals("text") && value == JsonToken.VALUE_STRING) {
        text(json.getText());
        words.append(json.getText());
      } else if (name.equals("type") && json.getText().equals("tool_result")) {
        toolResult = true;
      } else if (name.equals("content")) { // of a tool's result: not the user's own words
        content(json, new StringBuilder(0), depth + 1);
      } else {
        json.skipChildren();
      }
    }
  }

  private void text(String part) {
    long bytes = 0;
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
    }
    textBytes += bytes;
    hash = Mix.fold(hash, part.hashCode() ^ bytes << 32);
  }

  /** Whether there is nothing to answer. */
  boolean isEmpty() {
    return messages == 0 && inputs.isEmpty();
  }

  /** Depends on the text and the roles of all messages and on nothing else. */
  long hash() {
    return hash;
  }

  /** A hash of each text to embed or to complete. */
  List<Long> inputHashes() {
    return inputs;
  }

  /** A count, not a tokenizer's: a token is four bytes of UTF-8, and a message costs four more. */
  long promptTokens() {
    return MESSAGE_TOKENS * messages + tokens + (textBytes + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN;
  }

  /** Adds what an answer before this one has left in the conversation. */
  void addTokens(long more) {
    tokens += more;
  }

  /** The last words that the user said, in all parts of one message. */
  String lastUserText() {
    return lastUserText;
  }

  /** Whether the last message is what a tool has answered. */
  boolean toolAnswered() {
    return toolAnswered;
  }
}
