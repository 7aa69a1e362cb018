package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ponder.classify.ScoreDistribution;
import dev.ponder.gateway.stub.StubOptions;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A tier that asks for a share of the traffic gets it. */
class LrmShareTest {

  private static final String SHARE =
      Scenes.TWO_TIERS.replace("effort: high, min_score: 0.5", "lrm_share: 20%");

  private static final String[] WORDS = {
    "please", "tell", "me", "about", "the", "weather", "prove", "integer", "minimum", "exactly",
    "graph", "matrix", "story", "if", "goal", "state", "x1", "17", "2048", "cook", "name", "why"
  };

  /** Prompts that no two of are the same, most of them small talk. */
  private static String prompt(Random dice) {
    StringBuilder prompt = new StringBuilder();
    int words = 3 + dice.nextInt(40);
    for (int i = 0; i < words; i++) {
      prompt.append(WORDS[dice.nextInt(WORDS.length)]).append(i % 9 == 8 ? ".\n" : " ");
    }
    return prompt.toString();
  }

  private static boolean thinks(RawHttp client, String body, String... headers) throws IOException {
    RawHttp.Response response = client.chat(body, headers).read();
    assertThat(response.status()).describedAs(response.text()).isEqualTo(200);
    return response.header("x-ponder-model").orElse("").equals("thinker");
  }

  @Test
  void share_isHit_andHintsAndPinsDoNotMoveIt() throws IOException {
    Random dice = new Random(7);
    try (RunningGateway gateway = RunningGateway.start(SHARE, StubOptions.standard());
        RawHttp one = new RawHttp(gateway.apiUrl());
        RawHttp other = new RawHttp(gateway.apiUrl())) {
      int thought = 0;
      for (int i = 0; i < 500; i++) {
        RawHttp client = i % 2 == 0 ? one : other;
        thought += thinks(client, RawHttp.ask("auto", prompt(dice))) ? 1 : 0;
      }
      assertThat(thought / 500.0).isCloseTo(.2, within(.03));

      double threshold = Scrape.of(gateway).sum("ponder_route_threshold", "tier=\"1\"");
      assertThat(threshold).isBetween(.01, .99);
      for (int i = 0; i < 50; i++) {
        assertThat(thinks(one, RawHttp.ask("auto", "Hi"), "x-ponder-effort: high")).isTrue();
        assertThat(thinks(one, RawHttp.ask("thinker", "Hi"))).isTrue();
        thinks(one, RawHttp.ask("auto", "Hi"), "x-ponder-dry-run: true");
      }
      Scrape after = Scrape.of(gateway);
      assertThat(after.sum("ponder_route_threshold", "route=\"auto\"")).isEqualTo(threshold);
      assertThat(after.sum("ponder_route_share_ratio", "tier=\"1\"")).isCloseTo(.2, within(.05));
      assertThat(after.sum("ponder_classifier_drift", "route=\"auto\"")).isBetween(.1, 1.0);

      gateway.reload(SHARE + "responses: { annotate: false }\n");
      assertThat(Scrape.of(gateway).sum("ponder_route_threshold")).isEqualTo(threshold);
      gateway.reload(SHARE.replace("20%", "60%"));
      assertThat(Scrape.of(gateway).sum("ponder_route_threshold")).isLessThan(threshold);
    }
  }

  @Test
  void share_threshold_isTold() throws IOException {
    try (RunningGateway gateway = RunningGateway.start(SHARE, StubOptions.standard());
        RawHttp client = new RawHttp(gateway.apiUrl())) {
      RawHttp.Response response = client.chat(RawHttp.ask("auto", "Hi")).read();
      assertThat(response.header("x-ponder-model")).hasValue("mini");
      assertThat(Double.parseDouble(response.header("x-ponder-threshold").orElseThrow()))
          .as("the reference's")
          .isCloseTo(ScoreDistribution.SHIPPED.quantile(.8), within(.001));
    }
  }
}
