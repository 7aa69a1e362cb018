package dev.ponder.gateway.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.config.Configuration.Semconv;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The catalogue is complete, and its page says what it says. */
class MetricCatalogueTest {

  private static final Pattern NAME = Pattern.compile("ponder_[a-z]+(_[a-z]+)*");
  private static final Pattern LINES = Pattern.compile("at most ([0-9,]+) lines");

  private static String page() throws IOException {
    return Files.readString(Path.of("METRICS.md"));
  }

  @Test
  void page_hasTheTables() throws IOException {
    assertThat(page()).contains(MetricCatalogue.tables());
  }

  @Test
  void page_hasTheTablesOfOpenTelemetrysNames() throws IOException {
    assertThat(page())
        .contains(MetricCatalogue.semconvTables().split("\n\n", 0))
        .contains(
            "%,d lines more with `v1_41`, %,d with `main`"
                .formatted(
                    MetricCatalogue.ceiling(Semconv.V1_41), MetricCatalogue.ceiling(Semconv.MAIN)));
  }

  @Test
  void semconv_hasTheBucketsOfTheConventions() {
    List<Metric> old = MetricCatalogue.semconv(Semconv.V1_41);
    assertThat(old.get(0).bounds()).startsWith(1.0, 4.0, 16.0).endsWith(67_108_864.0).hasSize(14);
    assertThat(old.get(1).bounds()).startsWith(.01, .02, .04).endsWith(81.92).hasSize(14);
    assertThat(MetricCatalogue.semconv(Semconv.OFF)).isEmpty();
  }

  @Test
  void page_saysHowManyLinesThereMayBe() throws IOException {
    Matcher stated = LINES.matcher(page());
    assertThat(stated.find()).isTrue();
    assertThat(Integer.parseInt(stated.group(1).replace(",", "")))
        .isEqualTo(MetricCatalogue.ceiling());
  }

  @Test
  void parts_listAllOfTheirMetrics() throws IllegalAccessException {
    List<Metric> declared = new ArrayList<>();
    for (Class<?> part :
        List.of(
            TrafficMetrics.class, CallMetrics.class, MoneyMetrics.class, ProcessMetrics.class)) {
      for (Field field : part.getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers()) && field.getType() == Metric.class) {
          field.setAccessible(true);
          declared.add((Metric) field.get(null));
        }
      }
    }
    assertThat(declared).hasSizeGreaterThan(50);
    assertThat(MetricCatalogue.all()).containsExactlyElementsOf(declared);
  }

  @Test
  void names_areUniqueAndWellFormed() {
    List<String> names = MetricCatalogue.all().stream().map(Metric::name).toList();
    assertThat(names).doesNotHaveDuplicates();
    assertThat(names).allMatch(name -> NAME.matcher(name).matches());
    assertThat(MetricCatalogue.find("ponder_cost_usd_total"))
        .hasValueSatisfying(cost -> assertThat(cost.unit()).isEqualTo("USD"));
  }

  @Test
  void constants_haveSeriesFromTheStart() {
    PrometheusRegistry registry = new PrometheusRegistry();
    new Meters(registry);
    assertThat(registry.scrape().stream())
        .filteredOn(family -> family.getMetadata().getName().equals("ponder_requests"))
        .singleElement()
        .satisfies(
            family ->
                assertThat(family.getDataPoints())
                    .hasSize(Label.OPERATION.most() * Label.TIER.most() * Label.OUTCOME.most()));
  }
}
