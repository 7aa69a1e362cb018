package dev.ponder.gateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ponder.classify.PromptText;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonScanTest {

  private static final String HELLO = "[{\"role\":\"user\",\"content\":\"hi\"}]";

  private final JsonScan scan = new JsonScan(64);
  private final PromptText text = new PromptText();

  private RequestView scan(String json) {
    byte[] body = json.getBytes(UTF_8);
    return scan.scanChat(body, body.length, text);
  }

  private RequestView scanWith(String members) {
    return scan("{\"model\":\"m\",\"messages\":" + HELLO + "," + members + "}");
  }

  private ApiError refusal(String json) {
    ApiError error = catchThrowableOfType(ApiError.class, () -> scan(json));
    assertThat(error).as("refusal of %s", json).isNotNull();
    assertThat(error.status()).isEqualTo(400);
    return error;
  }

  private void assertRefused(String members, @Nullable String param, String message) {
    ApiError error = refusal("{\"model\":\"m\",\"messages\":" + HELLO + "," + members + "}");
    assertThat(error.param()).isEqualTo(param);
    assertThat(error).hasMessageContaining(message);
  }

  @Test
  void spans_ofRandomRequests_areExact() throws IOException {
    for (long seed = 0; seed < 2000; seed++) {
      byte[] body = RandomChat.request(seed);
      RequestView view = scan.scanChat(body, body.length, text);
      Map<String, List<String>> expected = Reference.members(body, body.length);
      assertThat(view.members()).as("seed %d", seed).containsExactlyElementsOf(expected.keySet());
      int index = 0;
      for (Map.Entry<String, List<String>> member : expected.entrySet()) {
        assertThat(Reference.tokens(body, view.valueStart(index), view.valueEnd(index)))
            .as("seed %d, %s", seed, member.getKey())
            .isEqualTo(member.getValue());
        assertThat(Reference.tokens(body, view.nameStart(index), view.nameEnd(index)))
            .containsExactly("VALUE_STRING " + member.getKey());
        assertThat(body[view.valueEnd(index) - 1]).isGreaterThan((byte) ' ');
        if (index > 0) {
          assertThat(body[view.commaAt(index)]).isEqualTo((byte) ',');
        }
        index++;
      }
    }
  }

  @Test
  void anyTruncation_isRefused() {
    for (long seed = 0; seed < 60; seed++) {
      byte[] body = RandomChat.request(seed);
      int end = new String(body, UTF_8).stripTrailing().getBytes(UTF_8).length;
      for (int length = 0; length < end; length++) {
        int cut = length;
        ApiError error = catchThrowableOfType(ApiError.class, () -> scan.scanChat(body, cut, text));
        assertThat(error).as("seed %d, first %d bytes", seed, length).isNotNull();
        assertThat(Reference.valid(body, length)).isFalse();
      }
    }
  }

  @Test
  void singleByteCorruptions_agreeWithAnotherParser() {
    Random random = new Random(7);
    byte[] favourites = "\"\\{}[],:0-.e \n\u0001tnu".getBytes(UTF_8);
    int sound = 0;
    int broken = 0;
    for (long seed = 0; seed < 80; seed++) {
      byte[] original = RandomChat.request(seed);
      for (int i = 0; i < original.length; i++) {
        byte[] body = original.clone();
        body[i] =
            random.nextBoolean()
                ? favourites[random.nextInt(favourites.length)]
                : (byte) random.nextInt(256);
        boolean valid = Reference.valid(body, body.length);
        ApiError error =
            catchThrowableOfType(ApiError.class, () -> scan.scanChat(body, body.length, text));
        String about = "seed %d, byte %d = %d".formatted(seed, i, body[i]);
        if (valid) {
          sound++;
          boolean syntax = error != null && String.valueOf(error).contains("not valid JSON");
          assertThat(syntax).as(about).isFalse();
        } else {
          broken++;
          assertThat(error).as(about).isNotNull();
        }
      }
    }
    assertThat(sound).isGreaterThan(3000);
    assertThat(broken).isGreaterThan(3000);
  }

  @Test
  void syntaxErrors_sayWhereAndWhat() {
    assertThat(refusal("{\"model\":\n x}"))
        .hasMessage(
            "The body is not valid JSON: 'x' at byte 11 (line 2, column 2): expected a value");
    assertThat(refusal("")).hasMessageContaining("it ends at byte 0");
    assertThat(refusal("\ufeff{}")).hasMessageContaining("a byte order mark at byte 0");
    assertThat(refusal("[]")).hasMessageContaining("'[' at byte 0").hasMessageContaining("object");
    assertThat(refusal("{\"model\":\"\u0001\"}")).hasMessageContaining("byte 0x01 at byte 10");
    assertThat(refusal("{\"model\":\"m\",\"messages\":" + HELLO + "} x"))
        .hasMessageContaining("'x' at byte 58")
        .hasMessageContaining("the end of the body");
    assertThat(refusal("{\"model\":1e5}").param()).isEqualTo("model");
  }

  @Test
  void brokenUtf8_isRefused() {
    String[] broken = {
      "c0af", "c1bf", "e0809f", "eda080", "f0808080", "f4908080", "f5808080", "80"
    };
    for (String hex : broken) {
      byte[] body = ("{\"model\":\"" + "x".repeat(hex.length() / 2) + "\"}").getBytes(UTF_8);
      for (int i = 0; i < hex.length() / 2; i++) {
        body[10 + i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
      }
      ApiError error =
          catchThrowableOfType(ApiError.class, () -> scan.scan(body, body.length, text));
      assertThat(error).as(hex).isNotNull();
      assertThat(error).hasMessageContaining("at byte 10").hasMessageContaining("UTF-8");
    }
  }

  @Test
  void depth_isLimited() {
    String deep = "[".repeat(63) + "]".repeat(63);
    assertThatCode(() -> scanWith("\"x\":" + deep)).doesNotThrowAnyException();
    assertRefused("\"x\":[" + deep + "]", null, "at most 64 nested");
    JsonScan shallow = new JsonScan(1);
    byte[] body = "{\"model\":[]}".getBytes(UTF_8);
    assertThat(catchThrowableOfType(ApiError.class, () -> shallow.scan(body, body.length, text)))
        .hasMessageContaining("at most 1 nested");
  }

  @Test
  void members_areLimited() {
    StringBuilder many = new StringBuilder("\"x\":1");
    for (int i = 0; i < JsonScan.MEMBERS_MAX - 3; i++) {
      many.append(",\"x").append(i).append("\":1");
    }
    assertThat(scanWith(many.toString()).members()).hasSize(JsonScan.MEMBERS_MAX);
    assertRefused(many + ",\"y\":1", null, "at most 256 members");
    String longName = "x".repeat(JsonScan.NAME_MAX);
    assertThat(scanWith("\"" + longName + "\":1").has(longName)).isTrue();
    assertRefused("\"" + longName + "x\":1", null, "names of at most 256");
  }

  @Test
  void duplicateMembers_areRefusedHoweverSpelt() {
    assertRefused("\"model\":\"x\"", "model", "given twice");
    assertRefused("\"m\\u006fdel\":\"x\"", "model", "given twice, again at byte 57");
    assertRefused("\"é\":1,\"\\u00e9\":1", "é", "given twice");
    assertRefused(
        "\"stream_options\":{\"include_usage\":true,\"include_usage\":false}",
        "stream_options.include_usage",
        "given twice");
    assertThat(refusal("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"role\":\"tool\"}]}"))
        .hasMessageContaining("messages[0].role: given twice");
  }

  @Test
  void requiredMembers_areNamed() {
    assertThat(refusal("{\"messages\":" + HELLO + "}"))
        .hasMessage("you must provide a model parameter")
        .returns("model", ApiError::param);
    assertThat(refusal("{\"model\":null,\"messages\":" + HELLO + "}"))
        .hasMessage("model: null (expected: a string)");
    assertThat(refusal("{\"model\":\"m\"}")).returns("messages", ApiError::param);
    assertThat(refusal("{\"model\":\"m\",\"messages\":{}}"))
        .hasMessage("messages: an object (expected: an array of messages)");
    assertThat(refusal("{\"model\":\"m\",\"messages\":[ ]}")).hasMessageContaining("empty");
    assertThat(refusal("{\"model\":\"m\",\"messages\":[{},{},{},7]}"))
        .returns("messages[3]", ApiError::param);
    assertThat(refusal("{\"model\":\"m\",\"messages\":[{\"role\":1}]}"))
        .returns("messages[0].role", ApiError::param);
  }

  @Test
  void wrongTypes_areNamed() {
    assertRefused("\"stream\":1", "stream", "a number (expected: a boolean or null)");
    assertRefused("\"stream_options\":true", "stream_options", "a boolean (expected: an object");
    assertRefused("\"max_tokens\":\"7\"", "max_tokens", "a string (expected: an integer");
    assertRefused("\"max_tokens\":0", "max_tokens", "0 (expected: an integer of 1..");
    assertRefused("\"max_completion_tokens\":1.5", "max_completion_tokens", "1.5");
    assertRefused("\"max_completion_tokens\":99999999999999999999", "max_completion_tokens", "999");
    assertRefused("\"n\":129", "n", "129 (expected: an integer of 1..128 or null)");
    assertRefused("\"reasoning_effort\":[]", "reasoning_effort", "an array");
  }

  @Test
  void scalars_areRead() {
    RequestView view =
        scanWith(
            "\"stream\":true,\"stream_options\":{\"a\":[],\"include_usage\":true},"
                + "\"max_tokens\":5,\"max_completion_tokens\":7,\"n\":2,"
                + "\"reasoning_effort\":\"h\\u0069gh\",\"seed\":9223372036854775807,"
                + "\"tools\":[{\"a\":[1,2]},{}]");
    assertThat(view.model()).isEqualTo("m");
    assertThat(view.stream()).isTrue();
    assertThat(view.includeUsage()).isTrue();
    assertThat(view.maxOutputTokens()).isEqualTo(7);
    assertThat(view.n()).isEqualTo(2);
    assertThat(view.reasoningEffort()).isEqualTo("high");
    assertThat(view.needsTools()).isTrue();
    assertThat(text.tools()).isEqualTo(2);
    assertThat(view.needsVision()).isFalse();
    assertThat(view.has("seed")).isTrue();
    assertThat(view.has("sead")).isFalse();
  }

  @Test
  void nulls_areLegal() {
    RequestView view =
        scanWith(
            "\"stream\":null,\"stream_options\":null,\"max_tokens\":3,"
                + "\"max_completion_tokens\":null,\"n\":null,\"reasoning_effort\":null,"
                + "\"tools\":null,\"stop\":null");
    assertThat(view.stream()).isFalse();
    assertThat(view.includeUsage()).isFalse();
    assertThat(view.maxOutputTokens()).isEqualTo(3);
    assertThat(view.n()).isEqualTo(1);
    assertThat(view.reasoningEffort()).isNull();
    assertThat(view.needsTools()).isFalse();
    assertThat(scanWith("\"x\":0").maxOutputTokens()).isEqualTo(-1);
  }

  @Test
  void bytesBeyondTheLength_doNotCount() {
    byte[] body = ("{\"model\":\"m\",\"messages\":" + HELLO + "}garbage").getBytes(UTF_8);
    assertThat(scan.scanChat(body, body.length - 7, text).length()).isEqualTo(body.length - 7);
  }

  @Test
  void developers_beyondTheLimit_areRefused() {
    String developer = ",{\"role\":\"developer\"}";
    String most = "[{}" + developer.repeat(MessageReader.DEVELOPERS_MAX);
    RequestView view = scan("{\"model\":\"m\",\"messages\":" + most + "]}");
    byte[] renamed = JsonSplice.of(view).developerToSystem().toBytes();
    assertThat(new String(renamed, UTF_8)).doesNotContain("developer");
    ApiError error = refusal("{\"model\":\"m\",\"messages\":" + most + developer + "]}");
    assertThat(error.param()).isEqualTo("messages[4097].role");
    assertThat(error)
        .hasMessage(
            "messages[4097].role: one developer more"
                + " (expected: at most 4096 messages of a developer)");
  }

  @Test
  void longModelOrEffort_isRefusedAndNotRepeated() {
    String longest = "\\u0041" + "x".repeat(JsonScan.TEXT_MAX - 1);
    assertThat(scan("{\"model\":\"" + longest + "\",\"messages\":[{}]}").model())
        .isEqualTo("A" + "x".repeat(511));
    ApiError model = refusal("{\"model\":\"x" + longest + "\",\"messages\":[{}]}");
    assertThat(model.status()).isEqualTo(400);
    assertThat(model.param()).isEqualTo("model");
    assertThat(model)
        .hasMessage("model: 513 characters (expected: a string of at most 512 characters)");
    String effort = "{\"model\":\"m\",\"messages\":[{}],\"reasoning_effort\":\"" + longest + "\"}";
    assertThat(scan(effort).reasoningEffort()).hasSize(512);
    assertThat(refusal(effort.replace("u0041", "u0041日")).param()).isEqualTo("reasoning_effort");
  }

  @Test
  void errors_neverRepeatALongValue() {
    String name = "y".repeat(JsonScan.NAME_MAX);
    String twice = "\"" + name + "\":1,";
    ApiError error = refusal("{" + twice + twice + "\"model\":\"m\",\"messages\":[{}]}");
    assertThat(error.param()).isEqualTo("y".repeat(80) + "…");
    assertThat(error.getMessage()).hasSizeLessThan(160);
    assertThat(ApiError.modelNotFound("z".repeat(79) + "😀").getMessage())
        .contains("`" + "z".repeat(79) + "…`");
    assertThat(ApiError.modelNotFound("z".repeat(80)).getMessage()).contains("z".repeat(80) + "`");
  }

  @Test
  void knownNames_areNotAllocatedAgain() {
    String body = "{\"model\":\"m\",\"messages\":[{}],\"str\\u0065am\":true,\"own\":1}";
    RequestView first = scan(body);
    RequestView second = scan(body);
    assertThat(first.members()).containsExactly("model", "messages", "stream", "own");
    for (int i = 0; i < 3; i++) {
      assertThat(first.members().get(i)).isSameAs(second.members().get(i));
    }
  }
}
