package dev.ponder.config;

import dev.ponder.config.Configuration.OwnClassifier;
import dev.ponder.config.Configuration.OwnClassifier.Send;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Reads {@code classifier}: the built-in one by its name, or one of the user's own. */
final class ClassifierReader {

  static final Duration TIMEOUT = Duration.ofMillis(50);

  private static final int CACHE = 10_000;
  private static final int CACHE_MAX = 1_000_000;
  private static final int CONCURRENCY = 64;
  private static final int CONCURRENCY_MAX = 10_000;

  private static final String URL_EXPECTED =
      "an http or https URL, without user or fragment, such as http://127.0.0.1:9200/score";

  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

  private static final String BUILT_IN_EXPECTED = "logistic, heuristic or file:PATH";

  private ClassifierReader() {}

  private static final String FILE = "file:";
  private static final String HEURISTIC = "heuristic";
  private static final String LOGISTIC = "logistic";

  /** The file of the model to score by; absent where the one that ships serves. */
  static Optional<String> modelFile(YamlMapping root) {
    return root.get("classifier")
        .filter(value -> !value.isMapping())
        .flatMap(value -> value.parse(BUILT_IN_EXPECTED, ClassifierReader::builtIn))
        .filter(text -> text.startsWith(FILE))
        .map(text -> text.substring(FILE.length()));
  }

  /** The user's own classifier; absent where the built-in one serves. */
  static Optional<OwnClassifier> read(YamlMapping root) {
    Optional<YamlValue> value = root.get("classifier");
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (!value.get().isMapping()) {
      return Optional.empty(); // a word, or a model's file
    }
    return value
        .flatMap(v -> v.mapping(Section.CLASSIFIER, "logistic, heuristic, file:PATH or http"))
        .flatMap(ClassifierReader::own);
  }

  private static Optional<String> builtIn(String text) {
    boolean file = text.startsWith(FILE) && text.length() > FILE.length();
    return Optional.of(text)
        .filter(word -> file || word.equals(LOGISTIC) || word.equals(HEURISTIC));
  }

  private static Optional<OwnClassifier> own(YamlMapping mapping) {
    Optional<YamlValue> place = mapping.require("http", URL_EXPECTED);
    Optional<URI> url = place.flatMap(v -> v.parse(URL_EXPECTED, ClassifierReader::url));
    Send send = mapping.get("send").flatMap(v -> v.constant(Send.values())).orElse(Send.FEATURES);
    if (url.isPresent()
        && send != Send.FEATURES
        && url.get().getScheme().equals("http")
        && !LOOPBACK.contains(url.get().getHost())) {
      place.get().warn("prompts leave this machine unencrypted (expected: https)");
    }
    Duration timeout =
        mapping
            .get("timeout")
            .flatMap(v -> Quantities.duration(v, Duration.ofMillis(1), Duration.ofSeconds(10)))
            .orElse(TIMEOUT);
    int cache = mapping.get("cache").flatMap(v -> v.integer(0, CACHE_MAX)).orElse(CACHE);
    int calls =
        mapping
            .get("max_concurrency")
            .flatMap(v -> v.integer(1, CONCURRENCY_MAX))
            .orElse(CONCURRENCY);
    var key = mapping.get("api_key").flatMap(SecretReader::read);
    return url.map(u -> new OwnClassifier(u, timeout, cache, send, key, calls));
  }

  private static Optional<URI> url(String text) {
    try {
      URI url = new URI(text);
      boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      boolean bare = url.getRawUserInfo() == null && url.getRawFragment() == null;
      return web && bare && url.getHost() != null ? Optional.of(url) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
