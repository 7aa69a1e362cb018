package dev.ponder.gateway.proxy;

import dev.ponder.gateway.wire.ApiError;
import io.vertx.core.http.HttpHeaders;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code x-ponder-tags} of a request: {@code workload=batch,customer=acme}. */
final class Tags {

  /** The header's name. */
  static final CharSequence HEADER = HttpHeaders.createOptimized("x-ponder-tags");

  private static final int TAGS_MAX = 16;
  private static final int HEADER_MAX = 2_048;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:@+-]{0,63}");

  private Tags() {}

  /**
   * Reads the header.
   *
   * @throws ApiError 400 if it is not a list of at most 16 names with values
   */
  static Map<String, String> of(@Nullable String header) {
    if (header == null || header.isBlank()) {
      return Map.of();
    }
    if (header.length() > HEADER_MAX) {
      throw wrong(header.length() + " characters");
    }
    Map<String, String> tags = new HashMap<>();
    for (String pair : header.split(",", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? "" : pair.substring(0, equals).strip();
      String value = equals < 0 ? "" : pair.substring(equals + 1).strip();
      boolean good = NAME.matcher(name).matches() && NAME.matcher(value).matches();
      if (!good || tags.put(name, value) != null || tags.size() > TAGS_MAX) {
        throw wrong(pair.strip());
      }
    }
    return tags;
  }

  private static ApiError wrong(String what) {
    String shown = what.substring(0, Math.min(80, what.length()));
    return ApiError.badRequest(
        "x-ponder-tags",
        "x-ponder-tags: "
            + shown
            + " (expected: at most "
            + TAGS_MAX
            + " different names with values, such as workload=batch,customer=acme)");
  }
}
