package dev.ponder.config;

import dev.ponder.policy.Resilience;
import dev.ponder.policy.SecretReference;
import dev.ponder.policy.Timeouts;
import dev.ponder.policy.Upstream;
import dev.ponder.policy.Upstream.On5xx;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads {@code upstreams}. */
final class UpstreamReader {

  private static final int CONCURRENCY_DEFAULT = 1_000;

  private static final String VERSION_EXPECTED =
      "a version of Azure's API, such as 2024-10-21 or 2025-04-01-preview";

  private static final String PREVIEW = "-preview";

  private static final List<String> PROVIDERS = List.of("openai", "azure_openai", "anthropic");

  private UpstreamReader() {}

  /** The upstreams without mistakes, by name. */
  static Map<String, Upstream> read(Map<String, YamlValue> values) {
    Map<String, Upstream> upstreams = new LinkedHashMap<>();
    values.forEach(
        (name, value) ->
            value
                .mapping(Section.UPSTREAM, "base_url and api_key")
                .flatMap(mapping -> upstream(name, mapping))
                .ifPresent(upstream -> upstreams.put(name, upstream)));
    return upstreams;
  }

  private static Optional<Upstream> upstream(String name, YamlMapping mapping) {
    Optional<Upstream.Provider> provider =
        mapping
            .get("provider")
            .map(UpstreamReader::provider)
            .orElse(Optional.of(Upstream.Provider.OPENAI));
    boolean azure = provider.equals(Optional.of(Upstream.Provider.AZURE_OPENAI));
    Optional<String> apiVersion = apiVersion(mapping, provider, azure);
    Optional<URI> baseUrl =
        mapping
            .require("base_url", "an http or https URL, such as https://api.openai.com/v1")
            .flatMap(value -> baseUrl(value, azure));
    Optional<SecretReference> apiKey = mapping.get("api_key").flatMap(SecretReader::read);
    Timeouts timeouts =
        mapping.get("timeouts").flatMap(UpstreamReader::timeouts).orElse(Timeouts.DEFAULT);
    int maxConcurrency =
        mapping
            .get("max_concurrency")
            .flatMap(v -> v.integer(1, 100_000))
            .orElse(CONCURRENCY_DEFAULT);
    On5xx on5xx =
        mapping
            .get("on_5xx")
            .flatMap(v -> v.word(List.of("void", "presume")))
            .map(word -> word.equals("void") ? On5xx.VOID : On5xx.PRESUME)
            .orElse(On5xx.VOID);
    boolean reportedCost =
        mapping
            .get("reported_cost")
            .flatMap(v -> v.word(List.of("prefer", "ignore")))
            .map(word -> word.equals("prefer"))
            .orElse(true);
    Resilience resilience = ResilienceReader.read(mapping);
    if (provider.isEmpty() || baseUrl.isEmpty() || (azure && apiVersion.isEmpty())) {
      return Optional.empty();
    }
    return Optional.of(
        new Upstream(
            name,
            provider.get(),
            baseUrl.get(),
            apiKey,
            timeouts,
            maxConcurrency,
            on5xx,
            resilience,
            apiVersion,
            reportedCost));
  }

  private static Optional<Upstream.Provider> provider(YamlValue value) {
    return value.word(PROVIDERS).map(w -> Upstream.Provider.valueOf(w.toUpperCase(Locale.ROOT)));
  }

  /** The version that Azure is asked for; others have none. */
  private static Optional<String> apiVersion(
      YamlMapping mapping, Optional<Upstream.Provider> provider, boolean azure) {
    if (azure) {
      return mapping
          .require("api_version", VERSION_EXPECTED)
          .flatMap(v -> v.parse(VERSION_EXPECTED, UpstreamReader::version));
    }
    Optional<YamlValue> given = mapping.get("api_version");
    boolean read = given.flatMap(v -> v.text(VERSION_EXPECTED)).isPresent();
    if (read && provider.isPresent()) {
      given.get().warn("has no effect but with provider: azure_openai");
    }
    return Optional.empty();
  }

  private static Optional<String> version(String text) {
    boolean preview = text.endsWith(PREVIEW);
    String day = preview ? text.substring(0, text.length() - PREVIEW.length()) : text;
    try {
      // What it reads, it would write: no year of more than four digits.
      return LocalDate.parse(day).toString().length() == 10 ? Optional.of(text) : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<URI> baseUrl(YamlValue value, boolean azure) {
    String expected = "an http or https URL, such as https://api.openai.com/v1";
    Optional<String> text = value.text(expected);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (text.get().indexOf('@') >= 0) {
      value.error("holds user info (expected: none; api_key: env:NAME holds the secret)");
      return Optional.empty();
    }
    Optional<URI> url = value.parse(expected, UpstreamReader::url);
    if (azure && url.isPresent() && url.get().getPath().matches(".*/openai(/.*)?")) {
      value.error(
          "ends with a path of Azure's (expected: what stands before it, such as"
              + " https://NAME.openai.azure.com)");
      return Optional.empty();
    }
    return url;
  }

  private static Optional<URI> url(String text) {
    try {
      URI uri = new URI(text.replaceFirst("/+$", ""));
      String scheme = String.valueOf(uri.getScheme());
      boolean web = scheme.equals("https") || scheme.equals("http");
      boolean bare = uri.getRawQuery() == null && uri.getRawFragment() == null;
      boolean port = uri.getPort() <= 65_535 && uri.getPort() != 0;
      return web && bare && port && uri.getHost() != null ? Optional.of(uri) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static Optional<Timeouts> timeouts(YamlValue value) {
    return value
        .mapping(Section.TIMEOUTS, "connect, first_byte and idle")
        .map(
            mapping ->
                new Timeouts(
                    time(mapping, "connect", Timeouts.DEFAULT.connect()),
                    time(mapping, "first_byte", Timeouts.DEFAULT.firstByte()),
                    time(mapping, "idle", Timeouts.DEFAULT.idle())));
  }

  private static Duration time(YamlMapping mapping, String key, Duration otherwise) {
    return mapping
        .get(key)
        .flatMap(v -> Quantities.duration(v, Duration.ofMillis(1), Duration.ofHours(24)))
        .orElse(otherwise);
  }
}
