package dev.ponder.gateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ponder.classify.PromptText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Exactly one cap leaves the house, whatever came in and whatever else is edited. */
class JsonSpliceCapTest {

  private static final List<String> CAPS =
      List.of("max_tokens", "max_completion_tokens", "max_output_tokens");

  private final JsonScan scan = new JsonScan(64);
  private final PromptText text = new PromptText();

  private JsonSplice splice(String json) {
    byte[] body = json.getBytes(UTF_8);
    return JsonSplice.of(scan.scan(body, body.length, text));
  }

  private static String text(JsonSplice splice) {
    return new String(splice.toBytes(), UTF_8);
  }

  /** A random request with any of the caps put anywhere, some of them spelt with escapes. */
  private static byte[] request(long seed, Random random) {
    String json = new String(RandomChat.request(seed), UTF_8);
    for (String cap : CAPS) {
      boolean had = cap.equals("max_tokens") && json.contains("max_tokens");
      if (had || random.nextInt(3) == 0) {
        continue;
      }
      String name = random.nextInt(4) == 0 ? cap.replace("x_", "x\\u005f") : cap;
      String value = random.nextInt(4) == 0 ? "null" : String.valueOf(1 + random.nextInt(9000));
      String space = random.nextInt(2) == 0 ? "" : " \n";
      String member = space + '"' + name + '"' + space + ':' + space + value + space;
      if (random.nextBoolean()) {
        int brace = json.indexOf('{') + 1;
        json = json.substring(0, brace) + member + ',' + json.substring(brace);
      } else {
        int brace = json.lastIndexOf('}');
        json = json.substring(0, brace) + ',' + member + json.substring(brace);
      }
    }
    return json.getBytes(UTF_8);
  }

  /** The members that must be left: the cap in the first place that had one, else at the end. */
  private static Map<String, List<String>> expected(
      Map<String, List<String>> members, String param, long tokens) {
    List<String> value = List.of("VALUE_NUMBER_INT " + tokens);
    String place = members.containsKey(param) ? param : null;
    for (String name : members.keySet()) {
      place = place == null && CAPS.contains(name) ? name : place;
    }
    Map<String, List<String>> left = new LinkedHashMap<>();
    for (Map.Entry<String, List<String>> member : members.entrySet()) {
      if (member.getKey().equals(place)) {
        left.put(param, value);
      } else if (!CAPS.contains(member.getKey())) {
        left.put(member.getKey(), member.getValue());
      }
    }
    left.put(param, value);
    return left;
  }

  private static void assertLeft(byte[] edited, Map<String, List<String>> expected, String about)
      throws IOException {
    Map<String, List<String>> members = Reference.members(edited, edited.length);
    assertThat(new ArrayList<>(members.entrySet()))
        .as("%s: %s", about, new String(edited, UTF_8))
        .isEqualTo(new ArrayList<>(expected.entrySet()));
  }

  @Test
  void anyRequest_isLeftWithOneCapAndAllElseAsItWas() throws IOException {
    int seen = 0;
    for (long seed = 0; seed < 4000; seed++) {
      Random random = new Random(seed);
      byte[] body = request(seed, random);
      byte[] before = body.clone();
      Map<String, List<String>> members = Reference.members(body, body.length);
      String param = CAPS.get(random.nextInt(CAPS.size()));
      long tokens = 1L + random.nextInt(100_000);
      JsonSplice splice = JsonSplice.of(scan.scanChat(body, body.length, text)).cap(param, tokens);
      assertLeft(splice.toBytes(), expected(members, param, tokens), "seed " + seed);
      assertThat(splice.toBytes()).hasSize(splice.length());
      assertThat(body).isEqualTo(before);
      seen += members.keySet().containsAll(CAPS) ? 1 : 0;
    }
    assertThat(seen).as("requests with all three").isGreaterThan(200);
  }

  @Test
  void cap_winsOverEditsBeforeAndAfterIt() throws IOException {
    for (long seed = 0; seed < 4000; seed++) {
      Random random = new Random(seed);
      byte[] body = request(seed, random);
      RequestView view = scan.scanChat(body, body.length, text);
      String param = CAPS.get(random.nextInt(CAPS.size()));
      long tokens = 1L + random.nextInt(100_000);
      JsonSplice splice = JsonSplice.of(view);
      int when = random.nextInt(5);
      StringBuilder log = new StringBuilder("seed " + seed);
      for (int i = 0; i < 5; i++) {
        if (i == when) {
          splice.cap(param, tokens);
          log.append(" cap ").append(param);
        }
        edit(splice, random, log);
        if (random.nextInt(4) == 0) {
          splice.length(); // looking at it changes nothing
        }
      }
      byte[] edited = splice.toBytes();
      Map<String, List<String>> members = Reference.members(edited, edited.length);
      assertThat(members.get(param)).as("%s", log).containsExactly("VALUE_NUMBER_INT " + tokens);
      members.remove(param);
      assertThat(members.keySet()).as("%s", log).doesNotContainAnyElementsOf(CAPS);
      List<String> others = new ArrayList<>(view.members());
      others.removeAll(CAPS);
      others.remove("stream");
      assertThat(members.keySet()).as("%s", log).containsAll(others);
    }
  }

  private static void edit(JsonSplice splice, Random random, StringBuilder log) {
    String one = CAPS.get(random.nextInt(CAPS.size()));
    String other = CAPS.get(random.nextInt(CAPS.size()));
    int kind = random.nextInt(5);
    log.append(' ').append(kind).append(' ').append(one);
    switch (kind) {
      case 0 -> splice.remove(one);
      case 1 -> splice.set(one, "999999");
      case 2 -> {
        try {
          splice.rename(one, other);
        } catch (IllegalArgumentException taken) {
          log.append(" taken");
        }
      }
      case 3 -> splice.remove("stream");
      default -> splice.set("stream", "true");
    }
  }

  @Test
  void cap_standsWhereACapStood() {
    String[][] cases = {
      {"{\"model\":\"m\"}", "{\"model\":\"m\",\"max_tokens\":7}"},
      {"{ \"max_tokens\" : 90 , \"model\":\"m\"}", "{ \"max_tokens\" : 7 , \"model\":\"m\"}"},
      {"{\"max\\u005ftokens\":null,\"model\":\"m\"}", "{\"max\\u005ftokens\":7,\"model\":\"m\"}"},
      {"{\"model\":\"m\",\"max_completion_tokens\":9}", "{\"model\":\"m\",\"max_tokens\":7}"},
      {
        "{\"max_completion_tokens\":9 ,\"model\":\"m\", \"max_tokens\":3}",
        "{\"model\":\"m\", \"max_tokens\":7}"
      },
      {
        "{\"max_output_tokens\":1,\"max_completion_token\\u0073\":9,\"model\":\"m\"}",
        "{\"max_tokens\":7,\"model\":\"m\"}"
      },
    };
    for (String[] pair : cases) {
      assertThat(text(splice(pair[0]).cap("max_tokens", 7))).isEqualTo(pair[1]);
    }
    assertThat(text(splice("{\"model\":\"m\",\"max_tokens\":9}").cap("max_new_tokens", 7)))
        .isEqualTo("{\"model\":\"m\",\"max_new_tokens\":7}");
  }

  @Test
  void cap_afterOrBeforeRemoveAndRename_isThere() {
    String json = "{\"model\":\"m\",\"max_tokens\":9}";
    String capped = "{\"model\":\"m\",\"max_tokens\":7}";
    String renamed = "{\"model\":\"m\",\"max_completion_tokens\":7}";
    String other = "max_completion_tokens";
    assertThat(text(splice(json).remove("max_tokens").cap("max_tokens", 7))).isEqualTo(capped);
    assertThat(text(splice(json).cap("max_tokens", 7).remove("max_tokens"))).isEqualTo(capped);
    assertThat(text(splice(json).rename("max_tokens", other).cap(other, 7))).isEqualTo(renamed);
    assertThat(text(splice(json).cap(other, 7).rename("max_tokens", other))).isEqualTo(renamed);
    assertThat(text(splice(json).rename("max_tokens", other).cap("max_tokens", 7)))
        .isEqualTo(capped);
    assertThat(text(splice(json).remove("max_tokens").cap(other, 7))).isEqualTo(renamed);
    assertThat(text(splice(json).set(other, "5").cap(other, 7))).isEqualTo(renamed);
    assertThat(text(splice(json).cap(other, 5).cap("max_tokens", 7))).isEqualTo(capped);
  }

  @Test
  void cap_ofAnImpossibleSize_isRefused() {
    JsonSplice splice = splice("{\"model\":\"m\"}");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> splice.cap("max_tokens", 0))
        .withMessage("tokens: 0 (expected: 1..2147483647)");
    assertThatIllegalArgumentException().isThrownBy(() -> splice.cap("max_tokens", 1L << 31));
  }

  @Test
  void serviceTier_canBeTakenOut() {
    String json =
        "{\"service_tier\":\"priority\",\"model\":\"m\",\"max_tokens\":9,\"s\\u0065ed\":1}";
    assertThat(text(splice(json).remove("service_tier").cap("max_tokens", 7)))
        .isEqualTo("{\"model\":\"m\",\"max_tokens\":7,\"s\\u0065ed\":1}");
    String escaped = json.replace("service_", "service\\u005f");
    assertThat(text(splice(escaped).remove("service_tier"))).startsWith("{\"model\":\"m\",");
  }
}
