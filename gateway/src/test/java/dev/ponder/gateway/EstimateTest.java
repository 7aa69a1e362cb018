package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ponder.gateway.stub.StubOptions;
import dev.ponder.gateway.stub.StubScript;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What a call is expected to cost follows what the models really write and hide. */
class EstimateTest {

  private static final StubOptions STUB =
      StubOptions.standard()
          .withModel("stub-mini", StubScript.parse("tokens=1000"))
          .withModel("stub-thinker", StubScript.parse("tokens=100; reasoning=3000"));

  @Test
  void estimate_modelsThatWriteMore_risesToTheirUsage() throws IOException {
    try (RunningGateway gateway = RunningGateway.start(Scenes.TWO_TIERS, STUB);
        RawHttp client = new RawHttp(gateway.apiUrl())) {
      double miniFirst = estimated(client, "mini");
      double thinkerFirst = estimated(client, "thinker");
      for (int i = 0; i < 100; i++) {
        estimated(client, "mini");
        estimated(client, "thinker");
      }

      // USD for 1,000 tokens at 1.60 a million, and for 3,100 at 8.00
      assertThat(miniFirst).isLessThan(.0008);
      assertThat(estimated(client, "mini")).isCloseTo(.0016, within(.0002));
      assertThat(thinkerFirst).isLessThan(.008);
      assertThat(estimated(client, "thinker")).isCloseTo(.0248, within(.003));
    }
  }

  private static double estimated(RawHttp client, String model) throws IOException {
    RawHttp.Response response = client.chat(RawHttp.ask(model, "Hi there")).read();
    assertThat(response.status()).isEqualTo(200);
    return Double.parseDouble(response.header("x-ponder-estimated-cost-usd").orElseThrow());
  }
}
