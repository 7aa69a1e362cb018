package dev.ponder.gateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ponder.classify.PromptText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonSpliceTest {

  private final JsonScan scan = new JsonScan(64);
  private final PromptText text = new PromptText();

  private RequestView view(byte[] body) {
    return scan.scan(body, body.length, text);
  }

  private JsonSplice splice(String json) {
    return JsonSplice.of(view(json.getBytes(UTF_8)));
  }

  private static String text(JsonSplice splice) {
    return new String(splice.toBytes(), UTF_8);
  }

  @Test
  void set_changesNothingButTheValue() {
    for (long seed = 0; seed < 500; seed++) {
      byte[] body = RandomChat.request(seed);
      RequestView view = scan.scanChat(body, body.length, text);
      Random random = new Random(seed);
      int member = random.nextInt(view.members().size());
      String value = RandomChat.value(seed);
      String expected =
          new String(body, 0, view.valueStart(member), UTF_8)
              + value
              + new String(body, view.valueEnd(member), body.length - view.valueEnd(member), UTF_8);
      JsonSplice splice = JsonSplice.of(view).set(view.members().get(member), value);
      assertThat(text(splice)).as("seed %d", seed).isEqualTo(expected);
      assertThat(splice.length()).isEqualTo(expected.getBytes(UTF_8).length);
    }
  }

  @Test
  void randomEdits_meanWhatTheySay() throws IOException {
    for (long seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      byte[] body = RandomChat.request(seed);
      byte[] before = body.clone();
      RequestView view = scan.scanChat(body, body.length, text);
      Map<String, List<String>> expected = Reference.members(body, body.length);
      Map<String, List<String>> added = new LinkedHashMap<>();
      JsonSplice splice = JsonSplice.of(view);
      for (String name : view.members()) {
        byte[] value = RandomChat.value(random.nextLong()).getBytes(UTF_8);
        switch (random.nextInt(5)) {
          case 0 -> {
            splice.remove(name);
            expected.remove(name);
          }
          case 1 -> {
            splice.set(name, new String(value, UTF_8));
            expected.replace(name, Reference.tokens(value, 0, value.length));
          }
          case 2 -> {
            splice.set("new " + name, new String(value, UTF_8));
            added.put("new " + name, Reference.tokens(value, 0, value.length));
          }
          case 3 -> {
            splice.rename(name, "r\"" + name);
            expected = renamed(expected, name, "r\"" + name);
          }
          default -> {}
        }
      }
      expected.putAll(added);
      byte[] edited = splice.toBytes();
      Map<String, List<String>> members = Reference.members(edited, edited.length);
      assertThat(new ArrayList<>(members.entrySet()))
          .as("seed %d: %s", seed, new String(edited, UTF_8))
          .isEqualTo(new ArrayList<>(expected.entrySet()));
      assertThat(body).isEqualTo(before);
    }
  }

  private static Map<String, List<String>> renamed(
      Map<String, List<String>> members, String name, String newName) {
    Map<String, List<String>> renamed = new LinkedHashMap<>();
    members.forEach((key, value) -> renamed.put(key.equals(name) ? newName : key, value));
    return renamed;
  }

  @Test
  void remove_takesTheCommaAlong() {
    String json = "{ \"model\" : \"m\" ,\n  \"a\" : 1 ,\n  \"b\" : 2\n}";
    assertThat(text(splice(json).remove("a"))).isEqualTo("{ \"model\" : \"m\"  ,\n  \"b\" : 2\n}");
    assertThat(text(splice(json).remove("b"))).isEqualTo("{ \"model\" : \"m\" ,\n  \"a\" : 1 \n}");
    assertThat(text(splice(json).remove("model"))).isEqualTo("{ \"a\" : 1 ,\n  \"b\" : 2\n}");
    assertThat(text(splice(json).remove("model").remove("a").remove("b"))).isEqualTo("{ \n}");
    assertThat(text(splice(json).remove("model").remove("a").remove("b").set("c", "3")))
        .isEqualTo("{ \"c\":3\n}");
    assertThat(text(splice(json).remove("none"))).isEqualTo(json);
  }

  @Test
  void laterEdits_win() {
    String json = "{\"model\":\"m\",\"a\":1}";
    assertThat(text(splice(json).set("a", "2").set("a", "3"))).isEqualTo(json.replace('1', '3'));
    assertThat(text(splice(json).remove("a").set("a", "3"))).isEqualTo(json.replace('1', '3'));
    assertThat(text(splice(json).set("z", "1").remove("z"))).isEqualTo(json);
    assertThat(text(splice(json).rename("a", "b").set("b", "3")))
        .isEqualTo("{\"model\":\"m\",\"b\":3}");
    assertThat(text(splice(json).set("z", "1").rename("z", "y")))
        .isEqualTo("{\"model\":\"m\",\"a\":1,\"y\":1}");
    assertThat(text(splice(json).rename("none", "b"))).isEqualTo(json);
  }

  @Test
  void rename_toATakenName_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> splice("{\"model\":\"m\",\"a\":1}").rename("a", "model"))
        .withMessage("newName: model (expected: a free name)");
    JsonSplice freed = splice("{\"model\":\"m\",\"a\":1,\"b\":2}").remove("a").rename("b", "a");
    assertThat(text(freed)).isEqualTo("{\"model\":\"m\",\"a\":2}");
    assertThat(text(freed.set("a", "3"))).isEqualTo("{\"model\":\"m\",\"a\":3}");
  }

  @Test
  void editsOfOneSplice_canBeReadTwiceAndGoneOnWith() {
    JsonSplice splice = splice("{\"model\":\"m\"}").set("model", "\"longer\"");
    assertThat(text(splice)).isEqualTo("{\"model\":\"longer\"}").isEqualTo(text(splice));
    assertThat(text(splice.set("x", "1"))).isEqualTo("{\"model\":\"longer\",\"x\":1}");
  }

  @Test
  void includeUsage_keepsTheOtherOptions() {
    String[][] cases = {
      {"{\"model\":\"m\"}", "{\"model\":\"m\",\"stream_options\":{\"include_usage\":true}}"},
      {
        "{\"stream_options\":null,\"model\":\"m\"}",
        "{\"stream_options\":{\"include_usage\":true},\"model\":\"m\"}"
      },
      {
        "{\"stream_options\":{ },\"model\":\"m\"}",
        "{\"stream_options\":{\"include_usage\":true },\"model\":\"m\"}"
      },
      {
        "{\"stream_options\":{ \"a\":{}},\"model\":\"m\"}",
        "{\"stream_options\":{\"include_usage\":true, \"a\":{}},\"model\":\"m\"}"
      },
      {
        "{\"stream_options\":{\"a\":1,\"include\\u005fusage\" : null },\"model\":\"m\"}",
        "{\"stream_options\":{\"a\":1,\"include\\u005fusage\" : true },\"model\":\"m\"}"
      },
    };
    for (String[] pair : cases) {
      assertThat(text(splice(pair[0]).includeUsage())).isEqualTo(pair[1]);
    }
    String removed = cases[3][0];
    assertThat(text(splice(removed).remove("stream_options").includeUsage()))
        .isEqualTo("{\"stream_options\":{\"include_usage\":true},\"model\":\"m\"}");
  }

  @Test
  void developers_becomeSystem() {
    String json =
        "{\"messages\":[{\"role\":\"developer\",\"content\":\"developer\"},"
            + "{\"content\":\"x\",\"role\": \"d\\u0065veloper\" },{\"role\":\"user\"}],"
            + "\"model\":\"developer\"}";
    byte[] body = json.getBytes(UTF_8);
    RequestView view = scan.scanChat(body, body.length, text);
    assertThat(text(JsonSplice.of(view).developerToSystem()))
        .isEqualTo(
            "{\"messages\":[{\"role\":\"system\",\"content\":\"developer\"},"
                + "{\"content\":\"x\",\"role\": \"system\" },{\"role\":\"user\"}],"
                + "\"model\":\"developer\"}");
  }

  @Test
  void segments_shareTheClientsBytes() {
    byte[] body = "{\"model\":\"m\",\"x\":[1,2]}".getBytes(UTF_8);
    ByteArrayOutputStream copy = new ByteArrayOutputStream();
    List<Boolean> shared = new ArrayList<>();
    JsonSplice.of(view(body))
        .set("model", "\"n\"")
        .forEachSegment(
            (bytes, from, to) -> {
              shared.add(bytes == body);
              copy.write(bytes, from, to - from);
            });
    assertThat(shared).containsExactly(true, false, true);
    assertThat(copy.toString(UTF_8)).isEqualTo("{\"model\":\"n\",\"x\":[1,2]}");
  }
}
