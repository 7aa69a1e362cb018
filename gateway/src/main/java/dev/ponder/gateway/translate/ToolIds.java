package dev.ponder.gateway.translate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ids of tool calls in both dialects. Anthropic takes letters, digits, {@code _} and {@code -}
 * only; others are spelt as {@code _} and their code. What a chat provider hangs on to a call and
 * wants back with it, as Gemini does with its thought signatures in {@code extra_content}, has no
 * member in a {@code tool_use}; it travels in the id, which clients give back as it was.
 */
final class ToolIds {

  private static final String EXTRA = "__extra__";
  private static final int EXTRA_MAX = 64 * 1024;

  private ToolIds() {}

  /** The id of a chat call as an id of a {@code tool_use}. */
  static String forMessages(String id) {
    boolean sound = true;
    for (int i = 0; i < id.length(); i++) {
      sound &= isAllowed(id.charAt(i));
    }
    if (sound) {
      return id;
    }
    StringBuilder out = new StringBuilder(id.length() + 8);
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      if (isAllowed(c)) {
        out.append(c);
      } else {
        out.append('_').append(Integer.toHexString(c));
      }
    }
    return out.toString();
  }

  /** The same, with what the provider wants back. */
  static String forMessages(String id, @Nullable Object extra) {
    if (!(extra instanceof Map)) {
      return forMessages(id);
    }
    byte[] json = JsonTree.bytes(extra);
    return json.length > EXTRA_MAX
        ? forMessages(id)
        : forMessages(id) + EXTRA + Base64.getUrlEncoder().withoutPadding().encodeToString(json);
  }

  /** The id of a {@code tool_use} without what it carries along. */
  static String forChat(String id) {
    int at = id.indexOf(EXTRA);
    return at < 0 ? id : id.substring(0, at);
  }

  /** What the id carries along; null if nothing. */
  static @Nullable Object extra(String id) {
    int at = id.indexOf(EXTRA);
    if (at < 0) {
      return null;
    }
    try {
      byte[] json = Base64.getUrlDecoder().decode(id.substring(at + EXTRA.length()));
      return JsonTree.read(new String(json, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException | IOException notOurs) {
      return null;
    }
  }

  private static boolean isAllowed(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '-';
  }
}
