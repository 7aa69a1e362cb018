package dev.ponder.gateway.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an independent parser has to say about a JSON text. */
final class Reference {

  private static final JsonFactory FACTORY = new JsonFactory();

  private Reference() {}

  /** Whether it is one sound JSON value in sound UTF-8. */
  static boolean valid(byte[] json, int length) {
    try {
      tokens(json, 0, length);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The tokens of one value, scalars with their text. */
  static List<String> tokens(byte[] json, int from, int to) throws IOException {
    List<String> tokens = new ArrayList<>();
    try (JsonParser parser = FACTORY.createParser(decode(json, from, to))) {
      int depth = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (depth == 0 && !tokens.isEmpty()) {
          throw new IOException("a second value");
        }
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        tokens.add(token + " " + parser.getText());
      }
      if (tokens.isEmpty()) {
        throw new IOException("no value");
      }
      return tokens;
    }
  }

  /** The top-level members of an object in order, each with its value's tokens. */
  static Map<String, List<String>> members(byte[] json, int length) throws IOException {
    Map<String, List<String>> members = new LinkedHashMap<>();
    try (JsonParser parser = FACTORY.createParser(decode(json, 0, length))) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("no object");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.getText();
        List<String> tokens = new ArrayList<>();
        int depth = 0;
        do {
          JsonToken token = parser.nextToken();
          depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
          tokens.add(token + " " + parser.getText());
        } while (depth > 0);
        if (members.put(name, tokens) != null) {
          throw new IOException(name + " twice");
        }
      }
      if (parser.nextToken() != null) {
        throw new IOException("a second value");
      }
    }
    return members;
  }

  private static String decode(byte[] json, int from, int to) throws CharacterCodingException {
    return StandardCharsets.UTF_8
        .newDecoder()
        .decode(ByteBuffer.wrap(json, from, to - from))
        .toString();
  }
}
