package dev.ponder.gateway.proxy;

import io.vertx.core.http.HttpMethod;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a request goes that goes through unread.
 *
 * <p>Never to what Ponder reads itself, however its path is spelt: an upstream may take {@code
 * /v1//chat%2Fcompletions/} for a chat completion, and then nobody would have paid for it.
 *
 * @param method one of those that change nothing on the way
 * @param below path and query below the upstream's base URL, byte for byte
 * @param endpoint a word for logs: the first part of the path if it is a known one, else other
 * @param billed whether it may cost money: reading, deleting and cancelling do not
 * @param names whether its body names a model as requests that are read do
 */
public record PassPath(
    HttpMethod method, String below, String endpoint, boolean billed, boolean names) {

  private static final String ROOT = "/v1/";
  private static final int DECODED_TIMES = 3;

  private static final Set<HttpMethod> METHODS =
      Set.of(
          HttpMethod.GET,
          HttpMethod.HEAD,
          HttpMethod.POST,
          HttpMethod.PUT,
          HttpMethod.PATCH,
          HttpMethod.DELETE);

  private static final Set<HttpMethod> FREE =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.DELETE);

  /** What Ponder reads, decides and bills; the last parts of a path that is posted to. */
  private static final Set<String> READ = Set.of("completions", "embeddings", "responses");

  /** What Codex asks beside responses. */
  private static final Set<List<String>> NAMING =
      Set.of(List.of("responses", "compact"), List.of("responses", "input_tokens"));

  private static final Set<String> KNOWN =
      Set.of(
          "assistants",
          "audio",
          "batches",
          "chat",
          "containers",
          "conversations",
          "evals",
          "files",
          "fine_tuning",
          "images",
          "moderations",
          "organization",
          "realtime",
          "rerank",
          "responses",
          "threads",
          "uploads",
          "vector_stores",
          "videos");

  /** The place of a request; absent if it does not go through. */
  public static Optional<PassPath> of(HttpMethod method, String path, @Nullable String query) {
    if (!METHODS.contains(method) || !path.startsWith(ROOT)) {
      return Optional.empty();
    }
    List<String> parts = parts(path.substring(ROOT.length()));
    if (parts == null || parts.isEmpty() || isRead(method, parts)) {
      return Optional.empty();
    }
    String last = parts.get(parts.size() - 1);
    boolean free = FREE.contains(method) || last.equals("cancel");
    String endpoint = KNOWN.contains(parts.get(0)) ? parts.get(0) : "other";
    String below = path.substring(ROOT.length() - 1) + (query == null ? "" : "?" + query);
    boolean names = method.equals(HttpMethod.POST) && NAMING.contains(parts);
    return Optional.of(new PassPath(method, below, endpoint, !free, names));
  }

  private static boolean isRead(HttpMethod method, List<String> parts) {
    if (parts.get(0).equals("models")) {
      return true;
    }
    boolean messages = parts.size() == 1 && parts.get(0).equals("messages");
    return method.equals(HttpMethod.POST)
        && (messages || READ.contains(parts.get(parts.size() - 1)));
  }

  /**
   * What some server takes for the end of a path, or for nothing at all; and what no UTF-8 becomes,
   * behind which a slash may hide.
   */
  private static boolean endsElsewhere(int c) {
    return c < 0x20 || c == 0x7f || c == '#' || c == '?' || c == 0xfffd;
  }

  /** The parts as an upstream may come to see them; null if nobody can be sure. */
  private static @Nullable List<String> parts(String path) {
    String text = path;
    for (int i = 0; i < DECODED_TIMES && text.indexOf('%') >= 0; i++) {
      try { // a plus stands for itself in a path
        text = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
    List<String> parts = new ArrayList<>();
    for (String piece : text.replace('\\', '/').split("/", -1)) {
      int semicolon = piece.indexOf(';');
      String part = semicolon < 0 ? piece : piece.substring(0, semicolon);
      if (part.endsWith(".") || part.chars().anyMatch(PassPath::endsElsewhere)) {
        return null;
      }
      if (!part.isBlank()) {
        parts.add(part.strip().toLowerCase(Locale.ROOT));
      }
    }
    return parts;
  }
}
