package dev.ponder.gateway.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Writes random chat requests that are valid and awkward: white space, escapes, nesting, emoji. */
final class RandomChat {

  private static final String[] SPACES = {"", "", "", " ", "\n", "\r\n  ", "\t", "   \n\n"};
  private static final String[] PIECES = {
    "a",
    "plain text of some length",
    "\\n",
    "\\\"",
    "\\\\",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\ud800",
    "é",
    "日本語",
    "😀",
    "\\/",
    "\\u0041",
    "{\\\"model\\\":\\\"x\\\"}",
    "\u007f",
    "\u00a0",
    "\uffff"
  };
  private static final String[] NUMBERS = {
    "0", "-0", "1", "-12", "9223372036854775807", "18446744073709551616", "1.0", "0.5e-7", "1E+2"
  };
  private static final String[] NAMES = {
    "model", "a", "é", "messages", "stream", "", "\\u006dodel"
  };

  private final Random random;
  private final StringBuilder out = new StringBuilder();

  private RandomChat(long seed) {
    this.random = new Random(seed);
  }

  static byte[] request(long seed) {
    return new RandomChat(seed).write().getBytes(StandardCharsets.UTF_8);
  }

  /** Any JSON value, small. */
  static String value(long seed) {
    RandomChat chat = new RandomChat(seed);
    chat.value(2);
    return chat.out.toString();
  }

  private String write() {
    List<Runnable> members = new ArrayList<>();
    members.add(() -> member(pick("model", "m\\u006fdel"), () -> string()));
    members.add(() -> member("messages", this::messages));
    optional(members, "stream", "true", "false", "null");
    optional(members, "max_tokens", "17", "null");
    optional(members, "n", "1", "3", "null");
    optional(members, "reasoning_effort", "\"low\"", "null");
    optional(
        members,
        "stream_options",
        "null",
        "{}",
        "{ }",
        "{\"include_usage\" : false, \"x\":[1]}",
        "{\"y\":{\"include_usage\":1},\"include_usage\":true}",
        "{\"include_obfuscation\":true}");
    optional(members, "tools", "[]", "[{\"type\":\"function\"}, {}]", "null");
    int extras = random.nextInt(4);
    for (int i = 0; i < extras; i++) {
      String name = "extra" + i + pick("", "é", "\\n", "😀");
      members.add(() -> member(name, () -> value(4)));
    }
    Collections.shuffle(members, random);
    space();
    list('{', members, '}');
    space();
    return out.toString();
  }

  private void optional(List<Runnable> members, String name, String... values) {
    if (random.nextBoolean()) {
      members.add(() -> member(name, () -> out.append(pick(values))));
    }
  }

  private void messages() {
    List<Runnable> messages = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      messages.add(this::message);
    }
    list('[', messages, ']');
  }

  private void message() {
    List<Runnable> members = new ArrayList<>();
    String role = pick("system", "developer", "user", "assistant", "tool", "de\\u0076eloper");
    members.add(() -> member("role", () -> out.append('"').append(role).append('"')));
    members.add(() -> member("content", this::content));
    if (random.nextInt(3) == 0) {
      members.add(() -> member("name", () -> value(3)));
    }
    Collections.shuffle(members, random);
    list('{', members, '}');
  }

  private void content() {
    switch (random.nextInt(4)) {
      case 0 -> out.append("null");
      case 1 -> {
        List<Runnable> parts = new ArrayList<>();
        parts.add(
            () -> list('{', List.of(this::typeText, () -> member("text", this::string)), '}'));
        parts.add(
            () -> list('{', List.of(() -> member("text", this::string), this::typeText), '}'));
        parts.add(() -> out.append("{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:\"}}"));
        list('[', parts, ']');
      }
      default -> string();
    }
  }

  private void typeText() {
    member("type", () -> out.append("\"text\""));
  }

  private void value(int depth) {
    switch (random.nextInt(depth > 0 ? 7 : 4)) {
      case 0 -> out.append(pick("true", "false", "null"));
      case 1 -> out.append(pick(NUMBERS));
      case 2, 3 -> string();
      case 4, 5 -> {
        List<Runnable> members = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          members.add(() -> member(pick(NAMES), () -> value(depth - 1)));
        }
        list('{', members, '}');
      }
      default -> {
        List<Runnable> elements = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          elements.add(() -> value(depth - 1));
        }
        list('[', elements, ']');
      }
    }
  }

  private void list(char open, List<Runnable> items, char close) {
    out.append(open);
    space();
    for (int i = 0; i < items.size(); i++) {
      if (i > 0) {
        out.append(',');
        space();
      }
      items.get(i).run();
      space();
    }
    out.append(close);
  }

  private void member(String name, Runnable value) {
    out.append('"').append(name).append('"');
    space();
    out.append(':');
    space();
    value.run();
  }

  private void string() {
    out.append('"');
    for (int i = random.nextInt(5); i > 0; i--) {
      out.append(pick(PIECES));
    }
    out.append('"');
  }

  private void space() {
    out.append(pick(SPACES));
  }

  private String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
