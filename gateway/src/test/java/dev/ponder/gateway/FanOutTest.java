package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.server.Keyring;
import dev.ponder.gateway.stub.StubCall;
import dev.ponder.gateway.stub.StubOptions;
import dev.ponder.gateway.stub.StubScript;
import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * A key with 5 USD and many times as many callers as that pays for: not a nano-dollar more is
 * billed, and hardly one is left over.
 *
 * <p>Answers are heavy-tailed, 0.05 USD in the mean. {@code -Dponder.fanout=full} runs 500 and
 * 5,000 callers with 20 seeds of each kind; without it two seeds of 500 are run.
 */
class FanOutTest {

  private static final boolean FULL = "full".equals(System.getProperty("ponder.fanout"));
  private static final int SEEDS = FULL ? 20 : 2;
  private static final Money LIMIT = Money.ofUsd(new BigDecimal("5"));

  private static final Map<String, ModelPrice> PRICES =
      Map.of("stub-mini", price("0.10", "0.40"), "stub-thinker", price("1", "10"));

  private static ModelPrice price(String input, String output) {
    return ModelPrice.of(Money.ofUsd(new BigDecimal(input)), Money.ofUsd(new BigDecimal(output)));
  }

  private static String yaml(String atExhaustion) {
    StringBuilder yaml =
        new StringBuilder(BudgetTest.MODELS)
            .append("policies:\n  - name: purse\n    at_exhaustion: ")
            .append(atExhaustion)
            .append("\n    budget: { limit: 5 USD, window: month, each: key }\n    wait: 60s\n")
            .append("keys:\n");
    for (int seed = 0; seed < SEEDS; seed++) {
      for (String kind : new String[] {"plain", "stream"}) {
        String key = kind + "-" + seed;
        yaml.append("  - { name: ").append(key).append(", sha256: ");
        yaml.append(Keyring.sha256(key)).append(" }\n");
      }
    }
    return yaml.toString();
  }

  @Test
  void reject_500() throws IOException {
    crowd("reject", 500);
  }

  @Test
  void downgrade_500() throws IOException {
    crowd("downgrade", 500);
  }

  @Test
  void reject_5000() throws IOException {
    if (FULL) {
      crowd("reject", 5_000);
    }
  }

  @Test
  void downgrade_5000() throws IOException {
    if (FULL) {
      crowd("downgrade", 5_000);
    }
  }

  private static void crowd(String atExhaustion, int callers) throws IOException {
    StubOptions options =
        StubOptions.standard()
            .withKeep(callers * SEEDS * 2, 0)
            .withModel("stub-mini", StubScript.parse("tokens=20; latency=5ms"))
            .withModel(
                "stub-thinker",
                StubScript.parse("tokens=300; reasoning=4700; heavy_tail=lognormal; latency=20ms"));
    try (RunningGateway gateway = RunningGateway.start(yaml(atExhaustion), options);
        Crowd crowd = new Crowd(gateway.apiUrl(), callers)) {
      for (int seed = 0; seed < SEEDS; seed++) {
        for (String kind : new String[] {"plain", "stream"}) {
          round(gateway, crowd, callers, kind, kind + "-" + seed);
        }
      }
    }
  }

  private static void round(
      RunningGateway gateway, Crowd crowd, int callers, String kind, String key)
      throws IOException {
    Map<Integer, Integer> statuses =
        crowd.ask(
            callers,
            key,
            i -> {
              String prompt = "prompt " + key + " " + i;
              return kind.equals("plain")
                  ? RawHttp.ask("auto", prompt)
                  : RawHttp.askStream("auto", prompt);
            },
            i -> key + "." + i);
    JsonObject budget = budget(gateway, key);
    Money posted = Money.ofUsd(new BigDecimal(budget.getString("posted_usd")));
    Money billed = billed(gateway, key);
    String what = key + ": " + statuses + " " + budget;
    assertThat(statuses.keySet()).describedAs(what).isSubsetOf(200, 429);
    assertThat(billed).describedAs(what).isLessThanOrEqualTo(LIMIT);
    assertThat(posted).describedAs(what).isEqualTo(billed);
    assertThat(budget.getString("pending_usd")).describedAs(what).isEqualTo("0");
    assertThat(posted.nanos()).describedAs(what).isGreaterThan(LIMIT.nanos() / 100 * 95);
    if (FULL) {
      LoggerFactory.getLogger(FanOutTest.class).info("{} {}", callers, what);
    }
  }

  private static Money billed(RunningGateway gateway, String key) {
    Money sum = Money.ZERO;
    for (StubCall call : gateway.stub().log().calls()) {
      String id = call.requestId();
      if (id != null && id.startsWith(key + ".")) {
        sum = sum.plus(PRICES.get(call.model()).of(call.usage()));
      }
    }
    return sum;
  }

  private static JsonObject budget(RunningGateway gateway, String key) throws IOException {
    try (RawHttp admin = new RawHttp(gateway.adminUrl())) {
      admin.send("GET /admin/v1/budgets HTTP/1.1\r\nhost: admin\r\n\r\n");
      JsonArray budgets = admin.read().json().getJsonArray("budgets");
      for (int i = 0; i < budgets.size(); i++) {
        if (key.equals(budgets.getJsonObject(i).getJsonObject("scope").getString("key"))) {
          return budgets.getJsonObject(i);
        }
      }
      throw new AssertionError("no budget of " + key + ": " + budgets);
    }
  }
}
