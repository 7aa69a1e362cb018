package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.stub.StubOptions;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Conversations that keep their model, and what makes them leave it. */
class StickyTest {

  private static final String OPENING =
      "{\"role\":\"system\",\"content\":\"Be brief.\"},"
          + "{\"role\":\"user\",\"content\":\"Hello %s\"}";
  private static final String ROUTE =
      "  auto: { sticky: 30m, tiers: [ mini, { model: thinker, min_score: 0.5 } ] }\n";

  /** A clock that a test turns. */
  private static final class Turned extends Clock {
    private volatile Instant now = Instant.parse("2026-11-23T10:00:00Z");

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  private final Turned clock = new Turned();
  private RunningGateway gateway;
  private int turns;

  @BeforeEach
  void start() {
    gateway = RunningGateway.start(yaml(""), StubOptions.standard(), clock);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private static String yaml(String more) {
    return Scenes.TWO_TIERS.replaceAll("  auto: .*\n", ROUTE) + more;
  }

  private RawHttp.Response turn(String messages, String... headers) throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      String body = "{\"model\":\"auto\",\"messages\":[" + messages + "]}";
      RawHttp.Response response = client.chat(body, headers).read();
      assertThat(response.status()).describedAs(response.text()).isEqualTo(200);
      turns++;
      Eventually.holds("it is over", () -> ended() == turns);
      return response;
    }
  }

  /** The last thing that becomes of a request is its line among the decisions. */
  private int ended() {
    try (RawHttp admin = new RawHttp(gateway.adminUrl())) {
      admin.send("GET /admin/v1/decisions?limit=1000 HTTP/1.1\r\nhost: a\r\n\r\n");
      return admin.read().json().getJsonArray("decisions").size();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertWent(RawHttp.Response response, String model, String reason) {
    assertThat(response.header("x-ponder-model")).hasValue(model);
    assertThat(response.header("x-ponder-reason")).hasValue(reason);
  }

  private static String opening(String name) {
    return OPENING.formatted(name);
  }

  private static String next(String text) {
    return ",{\"role\":\"assistant\",\"content\":\"Hm.\"},{\"role\":\"user\",\"content\":\""
        + text
        + "\"}";
  }

  @Test
  void conversation_keepsItsModel_whileItIsWarm() throws IOException {
    assertWent(turn(opening("a"), "x-ponder-effort: high"), "thinker", "hint");
    String later = opening("a") + next("Thanks!");
    RawHttp.Response second = turn(later);
    assertWent(second, "thinker", "sticky");
    assertThat(Double.parseDouble(second.header("x-ponder-score").orElseThrow())).isLessThan(0.5);
    assertThat(Scrape.of(gateway).sum("ponder_route_decisions_total", "reason=\"sticky\""))
        .isEqualTo(1);
    clock.now = clock.now.plus(Duration.ofMinutes(29));
    assertWent(turn(later + next("And bye.")), "thinker", "sticky");
    clock.now = clock.now.plus(Duration.ofMinutes(31));
    assertWent(turn(later + next("And bye.")), "mini", "score");
  }

  @Test
  void otherConversations_goTheirOwnWay() throws IOException {
    assertWent(turn(opening("a"), "x-ponder-effort: high"), "thinker", "hint");
    assertWent(turn(opening("b") + next("Thanks!")), "mini", "score");
    String named = "x-ponder-conversation: c1";
    assertWent(turn(opening("a") + next("Thanks!"), named), "mini", "score");
    assertWent(turn(opening("x"), named, "x-ponder-effort: high"), "thinker", "hint");
    assertWent(turn(opening("y") + next("Thanks!"), named), "thinker", "sticky");
  }

  @Test
  void hint_isStrongerThanHabit_unlessToolsAreCalled() throws IOException {
    assertWent(turn(opening("a"), "x-ponder-effort: high"), "thinker", "hint");
    String low = "x-ponder-effort: low";
    String call =
        ",{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"t\",\"type\":"
            + "\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}"
            + ",{\"role\":\"tool\",\"tool_call_id\":\"t\",\"content\":\"3\"}";
    assertWent(turn(opening("a") + call, low), "thinker", "sticky");
    assertWent(turn(opening("a") + call + next("Thanks!"), low), "mini", "hint");
  }

  @Test
  void thoughtsThatOnlyTheirAuthorCanRead_bindToIt() throws IOException {
    assertWent(turn(opening("a"), "x-ponder-effort: low"), "mini", "hint");
    String signed =
        ",{\"role\":\"assistant\",\"content\":\"Hm.\",\"extra_content\":{\"google\":"
            + "{\"thought_signature\":\"abc\"}}},{\"role\":\"user\",\"content\":\"Go on\"}";
    assertWent(turn(opening("a") + signed, "x-ponder-effort: high"), "mini", "sticky");
    String quoted =
        ",{\"role\":\"assistant\",\"content\":\"Hm.\"},{\"role\":\"user\",\"content\":"
            + "\"{\\\"thought_signature\\\":\\\"abc\\\"}\"}";
    assertWent(turn(opening("a") + quoted, "x-ponder-effort: high"), "thinker", "hint");
  }

  @Test
  void dryRun_tells_andChangesNothing() throws IOException {
    String dry = "x-ponder-dry-run: true";
    turn(opening("a"), "x-ponder-effort: high", dry);
    assertWent(turn(opening("a") + next("Thanks!")), "mini", "score");
    assertWent(turn(opening("b"), "x-ponder-effort: high"), "thinker", "hint");
    assertThat(turn(opening("b") + next("Thanks!"), dry).json().getString("reason"))
        .isEqualTo("sticky");
  }

  @Test
  void budgets_refuseAllTheSame() throws IOException {
    gateway.reload(
        yaml(
            "policies:\n  - { name: p, budget: 0.000001 USD per month, at_exhaustion: downgrade,"
                + " applies_to: { tier: lrm } }\n"));
    turn(opening("a"), "x-ponder-effort: high");
    gateway.reload(yaml(""));
    assertWent(turn(opening("a") + next("Thanks!")), "mini", "score");
    assertWent(turn(opening("b"), "x-ponder-effort: high"), "thinker", "hint");
    gateway.reload(
        yaml(
            "policies:\n  - { name: p, budget: 0.000001 USD per month, at_exhaustion: downgrade,"
                + " applies_to: { tier: lrm } }\n"));
    assertWent(turn(opening("b") + next("Thanks!")), "mini", "exhausted");
  }

  @Test
  void conversationHeader_thatIsNone_isRefused() throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(RawHttp.ask("auto", "x"), "x-ponder-conversation: a b");
      RawHttp.Response response = client.read();
      assertThat(response.status()).isEqualTo(400);
      assertThat(response.json().getJsonObject("error").getString("param"))
          .isEqualTo("x-ponder-conversation");
    }
  }
}
