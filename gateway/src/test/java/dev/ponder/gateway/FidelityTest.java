package dev.ponder.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.stub.StubOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What reaches the upstream is what the client sent, but for what had to change. */
class FidelityTest {

  private static final int DOCUMENTS = 400;
  private static final String USAGE = "\"stream_options\":{\"include_usage\":true}";

  private static RunningGateway gateway;
  private static int requests;

  @BeforeAll
  static void start() {
    gateway = RunningGateway.start(Scenes.TWO_TIERS, StubOptions.standard().withKeep(1_000, 1_000));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  /** Sends a request and returns what the upstream got of it. */
  private static String upstreamGot(RawHttp client, String request, String... headers)
      throws IOException {
    requests++;
    String id = "fidelity-" + requests;
    List<String> all = new ArrayList<>(List.of(headers));
    all.add("x-request-id: " + id);
    client.chat(request, all.toArray(new String[0]));
    RawHttp.Response response = client.read();
    assertThat(response.status()).describedAs(request + " -> " + response.text()).isEqualTo(200);
    return new String(Scenes.body(gateway, id), UTF_8);
  }

  private static String upstreamGot(String request, String... headers) throws IOException {
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      return upstreamGot(client, request, headers);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void document_ofAnyShape_changesInItsModelOnly(long seed) throws IOException {
    Documents documents = new Documents(new Random(seed));
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      for (int i = 0; i < DOCUMENTS / 4; i++) {
        String request = documents.next("\"mini\"", false);
        assertThat(upstreamGot(client, request))
            .describedAs("seed " + seed + " document " + i)
            .isEqualTo(request.replace("\"mini\"", "\"stub-mini\""));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5})
  void stream_ofAnyShape_changesInModelAndOptionsOnly(long seed) throws IOException {
    Documents documents = new Documents(new Random(seed));
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      for (int i = 0; i < DOCUMENTS / 8; i++) {
        String request = documents.next("\"thinker\"", true);
        String got = upstreamGot(client, request);
        int at = got.lastIndexOf("," + USAGE);
        assertThat(at).describedAs(got).isPositive();
        String without = got.substring(0, at) + got.substring(at + USAGE.length() + 1);
        assertThat(without)
            .describedAs("seed " + seed + " document " + i)
            .isEqualTo(request.replace("\"thinker\"", "\"stub-thinker\""));
      }
    }
  }

  @Test
  void options_ofTheClient_keepWhatElseTheyHave() throws IOException {
    String before = "{\"model\":\"mini\",\"stream\":true,\"stream_options\":";
    String after = ",\"messages\":" + RawHttp.messages("x") + "}";
    String[][] cases = {
      {"{ }", "{\"include_usage\":true }"},
      {
        "{\"include_obfuscation\": false}",
        "{\"include_usage\":true,\"include_obfuscation\": false}"
      },
      {"{\"include_usage\": false }", "{\"include_usage\": true }"},
      {"{ \"include_usage\" : true}", "{ \"include_usage\" : true}"},
      {"null", "{\"include_usage\":true}"}
    };
    for (String[] each : cases) {
      assertThat(upstreamGot(before + each[0] + after))
          .isEqualTo((before + each[1] + after).replace("\"mini\"", "\"stub-mini\""));
    }
  }

  @Test
  void pinned_keepsWhatTheModelRefuses() throws IOException {
    String request =
        "{\"temperature\":0.70,\"max_tokens\":300,\"logprobs\":true,\"model\":\"thinker\","
            + "\"messages\":[{\"role\":\"developer\",\"content\":\"x\"}],\"top_p\":1.0}";
    assertThat(upstreamGot(request)).isEqualTo(request.replace("\"thinker\"", "\"stub-thinker\""));
    String toPlain =
        "{\"model\":\"mini\",\"reasoning_effort\":\"high\",\"verbosity\":\"low\","
            + "\"messages\":[{\"role\":\"developer\",\"content\":\"x\"}]}";
    assertThat(upstreamGot(toPlain)).isEqualTo(toPlain.replace("\"mini\"", "\"stub-mini\""));
    String deployment = request.replace("\"thinker\"", "\"stub/stub-thinker\"");
    assertThat(upstreamGot(deployment))
        .isEqualTo(request.replace("\"thinker\"", "\"stub-thinker\""));
  }

  @Test
  void routed_toAReasoningModel_losesExactlyWhatItRefuses() throws IOException {
    String request =
        "{\"temperature\":0.70,\"model\":\"auto\", \"top_p\":1.0,\"max_tokens\": 300 ,"
            + "\"presence_penalty\":0,\"frequency_penalty\":0,\"logprobs\":true,"
            + "\"top_logprobs\":2,\"logit_bias\":{},\"seed\":9223372036854775807,"
            + "\"messages\":[{\"role\":\"developer\",\"content\":\"x\"}],\"stop\":null}";
    assertThat(upstreamGot(request, "x-ponder-effort: high"))
        .isEqualTo(
            "{\"model\":\"stub-thinker\",\"max_completion_tokens\": 300 ,"
                + "\"seed\":9223372036854775807,"
                + "\"messages\":[{\"role\":\"developer\",\"content\":\"x\"}],\"stop\":null,"
                + "\"reasoning_effort\":\"high\"}");
  }

  @Test
  void routed_toAPlainModel_losesExactlyWhatItRefuses() throws IOException {
    String request =
        "{\"temperature\":0.70,\"model\":\"auto\",\"reasoning_effort\":\"low\","
            + "\"verbosity\":\"low\",\"max_completion_tokens\":9,"
            + "\"messages\":[{\"role\":\"developer\",\"content\":\"developer\"},"
            + "{\"content\":\"\\\"role\\\":\\\"developer\\\"\",\"role\": \"developer\"},"
            + "{\"role\":\"user\",\"content\":\"x\"}]}";
    assertThat(upstreamGot(request, "x-ponder-effort: low"))
        .isEqualTo(
            "{\"temperature\":0.70,\"model\":\"stub-mini\",\"max_completion_tokens\":9,"
                + "\"messages\":[{\"role\":\"system\",\"content\":\"developer\"},"
                + "{\"content\":\"\\\"role\\\":\\\"developer\\\"\",\"role\": \"system\"},"
                + "{\"role\":\"user\",\"content\":\"x\"}]}");
  }

  @Test
  void routed_withBothCaps_keepsTheOneThatIsKnown() throws IOException {
    String request =
        "{\"model\":\"auto\",\"max_tokens\":1,\"max_completion_tokens\":999,\"messages\":"
            + RawHttp.messages("x")
            + "}";
    String got = upstreamGot(request, "x-ponder-effort: high");
    assertThat(new JsonObject(got).getInteger("max_completion_tokens")).isEqualTo(999);
    assertThat(got).doesNotContain("\"max_tokens\"");
  }

  @Test
  void effort_ofTheTier_replacesTheClients() throws IOException {
    String request =
        "{\"model\":\"auto\",\"reasoning_effort\" : \"medium\",\"messages\":"
            + RawHttp.messages("x")
            + "}";
    assertThat(upstreamGot(request, "x-ponder-effort: 1"))
        .isEqualTo(
            request.replace("\"auto\"", "\"stub-thinker\"").replace("\"medium\"", "\"high\""));
  }

  /** Chat requests as no serialiser would write them. */
  private static final class Documents {

    private static final String[] STRINGS = {
      "",
      "x",
      "Ünïcode 🙂",
      "\\u00e4\\ud83d\\ude42",
      "a\\/b\\\\\\\"",
      "\\n\\t",
      "\u2028",
      "\\\"model\\\":\\\"auto\\\"",
      "}]",
      "漢字"
    };
    private static final String[] NUMBERS = {
      "0",
      "-0",
      "1.0",
      "1e5",
      "1E+2",
      "0.10",
      "9223372036854775807",
      "-9223372036854775808",
      "123456789012345678901234567890",
      "2.50e-7"
    };
    private static final String[] SPACES = {"", "", " ", "\n  ", "\r\n", "\t"};

    private final Random random;

    Documents(Random random) {
      this.random = random;
    }

    String next(String model, boolean stream) {
      List<String> members = new ArrayList<>();
      members.add(name("model") + model);
      members.add(name("messages") + messages());
      if (stream) {
        members.add(name("stream") + "true");
      }
      for (int i = random.nextInt(8); i > 0; i--) {
        members.add(name("field_" + i) + value(4));
      }
      Collections.shuffle(members, random);
      return space()
          + "{"
          + space()
          + String.join("," + space(), members)
          + space()
          + "}"
          + space();
    }

    private String messages() {
      List<String> messages = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        List<String> members = new ArrayList<>();
        members.add(name("role") + (random.nextBoolean() ? "\"user\"" : "\"system\""));
        members.add(name("content") + string());
        members.add(name("extra") + value(2));
        Collections.shuffle(members, random);
        messages.add("{" + String.join(",", members) + space() + "}");
      }
      return "[" + space() + String.join("," + space(), messages) + "]";
    }

    private String value(int depth) {
      return switch (random.nextInt(depth > 0 ? 6 : 4)) {
        case 0 -> string();
        case 1 -> pick(NUMBERS);
        case 2 -> random.nextBoolean() ? "true" : "false";
        case 3 -> "null";
        case 4 -> "[" + space() + value(depth - 1) + space() + "," + value(depth - 1) + "]";
        default -> "{" + name("model") + value(depth - 1) + space() + "}";
      };
    }

    private String name(String name) {
      return "\"" + name + "\"" + space() + ":" + space();
    }

    private String string() {
      return "\"" + pick(STRINGS) + pick(STRINGS) + "\"";
    }

    private String space() {
      return pick(SPACES);
    }

    private String pick(String[] from) {
      return from[random.nextInt(from.length)];
    }
  }
}
