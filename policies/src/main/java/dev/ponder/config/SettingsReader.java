package dev.ponder.config;

import dev.ponder.config.Configuration.Admin;
import dev.ponder.config.Configuration.AnswerCache;
import dev.ponder.config.Configuration.Decisions;
import dev.ponder.config.Configuration.Limits;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Reads the small sections: limits, logs, answers, caches. */
final class SettingsReader {

  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);

  private SettingsReader() {}

  static Limits limits(YamlMapping root) {
    Optional<YamlMapping> limits =
        root.get("limits").flatMap(v -> v.mapping(Section.LIMITS, "body, depth and others"));
    return new Limits(
        bytes(limits, "body", KIB, GIB, 64 * MIB),
        bytes(limits, "response", KIB, GIB, 64 * MIB),
        limits.flatMap(m -> m.get("depth")).flatMap(v -> v.integer(8, 10_000)).orElse(1_000),
        Math.toIntExact(bytes(limits, "header", KIB, MIB, 64 * KIB)),
        time(limits, "keep_alive", SECOND, Duration.ofSeconds(15)),
        time(limits, "shutdown_delay", Duration.ZERO, Duration.ZERO),
        time(limits, "drain", Duration.ZERO, Duration.ofSeconds(120)),
        limits
            .flatMap(m -> m.get("allowed_origins"))
            .map(SettingsReader::origins)
            .orElse(List.of("*")),
        limits
            .flatMap(m -> m.get("budget_status"))
            .flatMap(v -> v.word(List.of("402", "403", "429")))
            .map(Integer::parseInt)
            .orElse(429));
  }

  private static long bytes(
      Optional<YamlMapping> limits, String key, long min, long max, long otherwise) {
    return limits
        .flatMap(m -> m.get(key))
        .flatMap(v -> Quantities.bytes(v, min, max))
        .orElse(otherwise);
  }

  private static Duration time(
      Optional<YamlMapping> limits, String key, Duration min, Duration otherwise) {
    return limits
        .flatMap(m -> m.get(key))
        .flatMap(v -> Quantities.duration(v, min, HOUR))
        .orElse(otherwise);
  }

  private static List<String> origins(YamlValue value) {
    List<String> origins = new ArrayList<>();
    for (YamlValue element : value.oneOrMore("a list of origins")) {
      element
          .parse(
              "an origin such as https://chat.example.com, or \"*\"",
              t -> Optional.of(t).filter(SettingsReader::isOrigin))
          .ifPresent(origins::add);
    }
    return origins;
  }

  private static boolean isOrigin(String text) {
    if (text.equals("*")) {
      return true;
    }
    try {
      URI uri = new URI(text);
      String bare = uri.getScheme() + "://" + uri.getRawAuthority();
      return uri.getHost() != null && uri.getRawUserInfo() == null && text.equals(bare);
    } catch (URISyntaxException e) {
      return false;
    }
  }

  static Decisions decisions(YamlMapping root) {
    Optional<YamlMapping> decisions =
        root.get("decisions").flatMap(v -> v.mapping(Section.DECISIONS, "log and prompts"));
    decisions.flatMap(m -> m.get("prompts")).ifPresent(v -> v.word(List.of("never")));
    Predicate<String> isFile = t -> t.startsWith("file:") && t.length() > "file:".length();
    String log =
        decisions
            .flatMap(m -> m.get("log"))
            .flatMap(
                v ->
                    v.parse(
                        "off, stdout or file:PATH",
                        t ->
                            Optional.of(t)
                                .filter(isFile.or(w -> w.equals("off") || w.equals("stdout")))))
            .orElse("off");
    return new Decisions(log);
  }

  static boolean annotateUsage(YamlMapping root) {
    return root.get("responses")
        .flatMap(v -> v.mapping(Section.RESPONSES, "annotate"))
        .flatMap(m -> m.get("annotate"))
        .flatMap(YamlValue::flag)
        .orElse(true);
  }

  static Admin admin(YamlMapping root) {
    return new Admin(
        root.get("admin")
            .flatMap(v -> v.mapping(Section.ADMIN, "token"))
            .flatMap(m -> m.get("token"))
            .flatMap(SecretReader::read));
  }

  static Optional<AnswerCache> cache(YamlMapping root) {
    Optional<YamlValue> value = root.get("cache");
    if (value.isPresent() && value.get().isScalar()) {
      value.get().word(List.of("off"));
      return Optional.empty();
    }
    Optional<YamlMapping> cache =
        value.flatMap(v -> v.mapping(Section.CACHE, "off, or size, ttl and scope"));
    return cache.map(
        m ->
            new AnswerCache(
                m.get("size").flatMap(v -> Quantities.bytes(v, MIB, 64 * GIB)).orElse(64 * MIB),
                m.get("ttl")
                    .flatMap(v -> Quantities.duration(v, SECOND, Duration.ofDays(30)))
                    .orElse(HOUR),
                m.get("scope")
                    .flatMap(v -> v.word(List.of("key", "all")))
                    .map(word -> word.equals("all"))
                    .orElse(false)));
  }

  /**
   * The upstream that takes what is not interpreted.
   *
   * @param taken the names of routes and models
   */
  static Optional<String> passthrough(
      YamlMapping root, Set<String> upstreamNames, Set<String> taken) {
    Optional<YamlValue> value = root.get(Configuration.PASSTHROUGH);
    Optional<String> name = value.flatMap(v -> v.text("one of upstreams"));
    if (name.isPresent() && !upstreamNames.contains(name.get())) {
      String unknown = "unknown upstream " + Problems.shown(name.get());
      value.get().error(unknown + " " + Suggestion.hint(name.get(), upstreamNames));
    } else if (name.isPresent() && taken.contains(Configuration.PASSTHROUGH)) {
      value.get().error("a route or model has this name, too (expected: another name for it)");
    }
    return name;
  }
}
