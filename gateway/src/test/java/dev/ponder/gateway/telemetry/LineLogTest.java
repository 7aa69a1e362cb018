package dev.ponder.gateway.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.FileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineLogTest {

  @TempDir private Path folder;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Meters meters = new Meters(registry);

  @Test
  void finish_writesWhatWasHandedOver_andCountsWhatComesLater() throws IOException {
    Path file = folder.resolve("decisions.jsonl");
    LineLog log =
        LineLog.open(
            "file:" + file, LineLog.Sink.DECISIONS, meters.dropped(LineLog.Sink.DECISIONS));
    log.add("1");
    log.add("2");
    log.finish();
    assertThat(dropped()).isZero();
    log.add("3");
    log.finish();
    assertThat(Files.readString(file)).isEqualTo("1\n2\n");
    assertThat(dropped()).isEqualTo(1);
  }

  @Test
  void add_whileFinishing_writesOrCountsEachLine() throws Exception {
    int lines = 20_000;
    for (int round = 0; round < 5; round++) {
      Path file = folder.resolve("race" + round);
      double before = dropped();
      LineLog log =
          LineLog.open(
              "file:" + file, LineLog.Sink.DECISIONS, meters.dropped(LineLog.Sink.DECISIONS));
      Thread adding =
          new Thread(
              () -> {
                for (int i = 0; i < lines; i++) {
                  log.add("line");
                }
              });
      adding.start();
      log.finish();
      adding.join();
      List<String> written = Files.readAllLines(file);
      assertThat(written.size() + dropped() - before).isEqualTo(lines);
    }
  }

  @Test
  void finish_leavesStandardOutputOpen() throws IOException {
    LineLog.open("stdout", LineLog.Sink.DECISIONS, meters.dropped(LineLog.Sink.DECISIONS)).finish();
    assertThat(FileDescriptor.out.valid()).isTrue();
  }

  private double dropped() {
    return registry.scrape().stream()
        .filter(snapshot -> snapshot.getMetadata().getName().equals("ponder_log_events_dropped"))
        .flatMap(snapshot -> ((CounterSnapshot) snapshot).getDataPoints().stream())
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }
}
