package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Prompts that people really wrote, sent through a gateway. Skipped where they are not at hand. */
class PromptsTest {

  private static final int PROMPTS = 1_000;
  private static final double THRESHOLD = 0.5;

  @Test
  void prompts_areScored_routedAndPricedAsTheClassifierSays() throws IOException {
    Optional<Path> data = data();
    assumeThat(data)
        .describedAs("no folder of prompts: set -Dponder.data or put it at ../shared/data")
        .isPresent();
    List<String> prompts = sample(data.get());
    assertThat(prompts.size()).isGreaterThan(PROMPTS / 2);
    Ledger ledger = new Ledger();
    try (RunningGateway gateway = RunningGateway.start(Scenes.TWO_TIERS);
        RawHttp client = new RawHttp(gateway.apiUrl())) {
      for (String prompt : prompts) {
        client.chat(RawHttp.ask("auto", prompt), "x-stub-script: tokens=8");
        RawHttp.Response response = client.read();
        assertThat(response.status()).describedAs(response.text()).isEqualTo(200);
        double score = Scenes.score(prompt);
        assertThat(response.header("x-ponder-score"))
            .hasValue(String.format(Locale.ROOT, "%.3f", Math.round(score * 1_000) / 1_000d));
        assertThat(response.header("x-ponder-model"))
            .hasValue(score >= THRESHOLD ? "thinker" : "mini");
        assertThat(response.header("x-ponder-reason")).hasValue("score");
        ledger.add(response);
      }
      assertThat(gateway.stub().log().calls()).hasSize(prompts.size());
      assertThat(ledger.total()).isEqualTo(Ledger.of(gateway.stub().log().calls()));
    }
  }

  private static Optional<Path> data() {
    String named = System.getProperty("ponder.data");
    Stream<String> places =
        named == null ? Stream.of("../shared/data", "../../shared/data") : Stream.of(named);
    return places.map(Path::of).filter(Files::isDirectory).findFirst();
  }

  /** Evenly spread lines of every file; the same ones each time. */
  private static List<String> sample(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList();
    }
    int each = PROMPTS / Math.max(1, files.size()) + 1;
    List<String> prompts = new ArrayList<>();
    for (Path file : files) {
      List<String> lines = Files.readAllLines(file);
      int step = Math.max(1, lines.size() / each);
      for (int i = 0; i < lines.size() && i / step < each; i += step) {
        String prompt = new JsonObject(lines.get(i)).getString("prompt", "");
        if (!prompt.startsWith("stub:")) {
          prompts.add(prompt);
        }
      }
    }
    return prompts;
  }
}
