package dev.ponder.config;

import dev.ponder.config.Configuration.Logs;
import dev.ponder.config.Configuration.Semconv;
import dev.ponder.config.Configuration.Telemetry;
import dev.ponder.config.Configuration.Traces;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** Reads {@code telemetry}: what is exported. */
final class TelemetryReader {

  private static final int TAGS_MAX = 16;

  private static final Pattern TAG = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]{0,63}");

  private static final Pattern ACCESS = Pattern.compile("off|stdout|stderr|file:.+");

  private static final String COLLECTOR =
      "an http or https URL, without user, query or fragment, such as http://127.0.0.1:4318";

  private TelemetryReader() {}

  static Telemetry read(YamlMapping root) {
    List<String> tags = new ArrayList<>();
    Optional<YamlMapping> telemetry =
        root.get("telemetry").flatMap(v -> v.mapping(Section.TELEMETRY, "traces and others"));
    telemetry.flatMap(m -> m.get("tags")).ifPresent(v -> readTags(v, tags));
    return new Telemetry(
        tags,
        telemetry.flatMap(m -> m.get("tenants")).flatMap(YamlValue::flag).orElse(true),
        telemetry
            .flatMap(m -> m.get("histograms"))
            .flatMap(v -> v.word(List.of("classic", "both")))
            .map(word -> word.equals("both"))
            .orElse(false),
        telemetry
            .flatMap(m -> m.get("semconv"))
            .flatMap(v -> v.constant(Semconv.values()))
            .orElse(Semconv.OFF),
        telemetry
            .flatMap(m -> m.get("traces"))
            .flatMap(v -> v.mapping(Section.TRACES, "otlp and sample"))
            .map(TelemetryReader::traces)
            .orElse(Traces.NONE),
        telemetry
            .flatMap(m -> m.get("logs"))
            .flatMap(v -> v.mapping(Section.LOGS, "format, level, to and access"))
            .map(TelemetryReader::logs)
            .orElse(Logs.STANDARD));
  }

  private static Traces traces(YamlMapping traces) {
    Optional<Double> sample =
        traces
            .get("sample")
            .flatMap(v -> v.parse("a share of 0% to 100%, such as 10%", Quantities::share));
    return new Traces(
        traces.get("otlp").flatMap(v -> v.parse(COLLECTOR, TelemetryReader::collector)),
        sample.map(OptionalDouble::of).orElse(OptionalDouble.empty()),
        traces.get("baggage").flatMap(YamlValue::flag).orElse(Traces.NONE.baggage()));
  }

  private static Optional<URI> collector(String text) {
    try {
      URI url = new URI(text);
      boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      boolean bare = url.getRawUserInfo() == null && url.getRawQuery() == null;
      return web && bare && url.getRawFragment() == null && url.getHost() != null
          ? Optional.of(url)
          : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static Logs logs(YamlMapping logs) {
    Logs standard = Logs.STANDARD;
    return new Logs(
        logs.get("format").flatMap(v -> v.constant(Logs.Format.values())).orElse(standard.format()),
        logs.get("level").flatMap(v -> v.constant(Logs.Level.values())).orElse(standard.level()),
        logs.get("to").flatMap(v -> v.constant(Logs.Target.values())).orElse(standard.to()),
        logs.get("access")
            .flatMap(
                v ->
                    v.parse(
                        "off, stdout, stderr or file:PATH",
                        t -> Optional.of(t).filter(w -> ACCESS.matcher(w).matches())))
            .orElse(standard.access()));
  }

  private static void readTags(YamlValue value, List<String> tags) {
    for (YamlValue element : value.oneOrMore("a list of tag names")) {
      Optional<String> tag =
          element.parse(
              "a tag name of letters, digits and _, at most 64",
              t -> Optional.of(t).filter(n -> TAG.matcher(n).matches()));
      if (tag.isPresent() && tags.contains(tag.get())) {
        element.error(tag.get() + " stands here twice");
      } else {
        tag.ifPresent(tags::add);
      }
    }
    if (tags.size() > TAGS_MAX) {
      // Every label multiplies the series that a metrics server has to hold.
      value.error(tags.size() + " tags (expected: at most " + TAGS_MAX + ")");
    }
    if (!tags.isEmpty()) {
      value.warnNoEffect();
    }
  }
}
