package dev.ponder.gateway;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The metrics of a gateway at one moment, as a Prometheus server would read them. */
final class Scrape {

  private final Map<String, Double> samples = new LinkedHashMap<>();

  private Scrape() {}

  static Scrape of(RunningGateway gateway) throws IOException {
    Scrape scrape = new Scrape();
    try (RawHttp admin = new RawHttp(gateway.adminUrl())) {
      admin.send("GET /metrics HTTP/1.1\r\nhost: admin\r\n\r\n");
      for (String line : admin.read().text().split("\n", 0)) {
        int space = line.lastIndexOf(' ');
        if (!line.startsWith("#") && space > 0) {
          scrape.samples.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
        }
      }
    }
    return scrape;
  }

  /** All series with their labels, and the lines of histograms. */
  Set<String> names() {
    return samples.keySet();
  }

  /** The same sum of money, which each series shows to the nano-dollar. */
  long nanos(String name, String... labels) {
    long sum = 0;
    for (Map.Entry<String, Double> sample : samples.entrySet()) {
      if (matches(sample.getKey(), name, labels)) {
        sum += BigDecimal.valueOf(sample.getValue()).movePointRight(9).longValueExact();
      }
    }
    return sum;
  }

  /** The sum over all series of a name that have all of these labels: {@code model="mini"}. */
  double sum(String name, String... labels) {
    double sum = 0;
    for (Map.Entry<String, Double> sample : samples.entrySet()) {
      sum += matches(sample.getKey(), name, labels) ? sample.getValue() : 0;
    }
    return sum;
  }

  private static boolean matches(String series, String name, String... labels) {
    boolean named = series.equals(name) || series.startsWith(name + "{");
    for (String label : labels) {
      named &= series.contains(label);
    }
    return named;
  }
}
