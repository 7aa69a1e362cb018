package dev.ponder.gateway.server;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The names by which requests are found again in answers, logs and at upstreams. */
final class RequestIds {

  private static final int CHARS_MAX = 128;

  private RequestIds() {}

  /** The caller's id if it is 1 to 128 visible ASCII characters, else a new one. */
  static String of(@Nullable String callers) {
    return callers != null && isVisible(callers) ? callers : fresh();
  }

  private static boolean isVisible(String text) {
    if (text.isEmpty() || text.length() > CHARS_MAX) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= 0x20 || text.charAt(i) >= 0x7f) {
        return false;
      }
    }
    return true;
  }

  private static String fresh() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    HexFormat hex = HexFormat.of();
    return "req_" + hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
  }
}
