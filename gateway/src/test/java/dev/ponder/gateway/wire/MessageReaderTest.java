package dev.ponder.gateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.classify.PromptText;
import dev.ponder.classify.PromptText.Window;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MessageReaderTest {

  private final JsonScan scan = new JsonScan(64);
  private final PromptText text = new PromptText();

  private RequestView read(String messages) {
    byte[] body = ("{\"model\":\"m\",\"messages\":" + messages + "}").getBytes(UTF_8);
    return scan.scanChat(body, body.length, text);
  }

  private static String kept(Window window) {
    char[] chars = new char[Window.HEAD + Window.TAIL + 1];
    return new String(chars, 0, window.copyTo(chars));
  }

  @Test
  void roles_areTold() {
    read(
        "[{\"role\":\"system\",\"content\":\"one\"},{\"role\":\"developer\",\"content\":\"two\"},"
            + "{\"content\":\"three\",\"role\":\"user\"},{\"role\":\"assistant\",\"content\":null},"
            + "{\"role\":\"tool\",\"content\":\"x\"},{\"role\":\"function\",\"content\":\"x\"},"
            + "{\"role\":\"user\",\"content\":\"four\"}]");
    assertThat(kept(text.system())).isEqualTo("two");
    assertThat(kept(text.user())).isEqualTo("four");
    assertThat(text.userTurns()).isEqualTo(2);
    assertThat(text.assistantTurns()).isEqualTo(1);
    assertThat(text.toolTurns()).isEqualTo(2);
  }

  @Test
  void escapesAndUtf8_areDecoded() {
    read(
        "[{\"role\":\"user\",\"content\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9é日😀\\ud83d\\ude00\"}]");
    assertThat(kept(text.user())).isEqualTo("\"\\/\b\f\n\r\téé日😀😀");
  }

  @Test
  void parts_areReadInAnyMemberOrder() {
    RequestView view =
        read(
            "[{\"content\":[{\"text\":\"a\\u0062\",\"type\":\"text\"},"
                + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AA\"}},"
                + "{\"image_url\":{\"url\":\"u\"},\"type\":\"image_url\"},"
                + "{\"type\":\"input_audio\",\"input_audio\":{}},{\"type\":\"file\",\"file\":{}},"
                + "{\"type\":\"text\",\"text\":\"c\"}],\"role\":\"user\"}]");
    assertThat(kept(text.user())).isEqualTo("ab\nc");
    assertThat(text.images()).isEqualTo(2);
    assertThat(text.otherParts()).isEqualTo(2);
    assertThat(view.needsVision()).isTrue();
  }

  @Test
  void structuredOutput_isNoticed() {
    byte[] body =
        ("{\"model\":\"m\",\"response_format\":{\"json_schema\":{},\"type\":\"json_schema\"},"
                + "\"messages\":[{}]}")
            .getBytes(UTF_8);
    scan.scanChat(body, body.length, text);
    assertThat(text.structuredOutput()).isTrue();
    read("[{}]");
    assertThat(text.structuredOutput()).isFalse();
  }

  @Test
  void longTexts_leaveTheSameWindowsAsFeedingAllOfThem() {
    String[] pieces = {"plain ASCII text, a little longer", "é", "日本", "😀", "\n", "\"", "x"};
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      StringBuilder whole = new StringBuilder();
      int target = random.nextInt(60_000);
      boolean mixed = random.nextBoolean();
      while (whole.length() < target) {
        int repeat = random.nextInt(20) == 0 ? random.nextInt(9000) : 1;
        whole.append(pieces[random.nextInt(mixed ? pieces.length : 2)].repeat(1 + repeat / 33));
      }
      StringBuilder json = new StringBuilder();
      escape(json, whole, random.nextInt(3) == 0);
      read("[{\"content\":[{\"text\":\"pre\"},{\"text\":" + json + "},{\"text\":\"post\"}]}]");
      PromptText expected = new PromptText();
      expected.beginMessage();
      expected.append("pre\n" + whole + "\npost");
      expected.endMessage(PromptText.Role.USER);
      assertThat(text.user().length()).as("seed %d", seed).isEqualTo(expected.user().length());
      assertThat(kept(text.user())).as("seed %d", seed).isEqualTo(kept(expected.user()));
      assertThat(text.estimatedInputTokens())
          .as("seed %d", seed)
          .isBetween(expected.estimatedInputTokens() - 1, expected.estimatedInputTokens());
    }
  }

  private static void escape(StringBuilder out, CharSequence text, boolean all) {
    if (!all) {
      Json.appendString(out, text);
      return;
    }
    out.append('"');
    text.chars().forEach(c -> out.append("\\u%04x".formatted(c)));
    out.append('"');
  }

  @Test
  void messagesThatWait_leaveTheSameAsFeedingAllOfThem() {
    String[] roles = {"system", "developer", "user", "assistant", "tool"};
    for (int seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      PromptText expected = new PromptText();
      StringBuilder json = new StringBuilder("[");
      for (int i = 0; i <= seed % 7; i++) {
        String role = roles[random.nextInt(roles.length)];
        String said = random.nextInt(4) == 0 ? "" : seed + " says " + i + "日";
        String string = '"' + said.replace("says", "\\u0073ays") + '"';
        String content = random.nextInt(3) == 0 ? "[{\"text\":" + string + "}]" : string;
        String name = "\"role\":\"" + role + '"';
        String text = "\"content\":" + content;
        boolean roleFirst = random.nextBoolean();
        json.append(i == 0 ? "{" : ",{").append(roleFirst ? name : text).append(',');
        json.append(roleFirst ? text : name).append('}');
        expected.beginMessage();
        expected.append(said);
        expected.endMessage(
            role.equals("developer")
                ? PromptText.Role.SYSTEM
                : PromptText.Role.valueOf(role.toUpperCase(Locale.ROOT)));
      }
      read(json.append(']').toString());
      assertThat(kept(text.system())).as("%s", json).isEqualTo(kept(expected.system()));
      assertThat(kept(text.user())).as("%s", json).isEqualTo(kept(expected.user()));
      assertThat(text.userTurns()).isEqualTo(expected.userTurns());
      assertThat(text.assistantTurns()).isEqualTo(expected.assistantTurns());
      assertThat(text.toolTurns()).isEqualTo(expected.toolTurns());
      assertThat(text.estimatedInputTokens()).isEqualTo(expected.estimatedInputTokens());
    }
  }

  @Test
  void assistantText_isCountedOnly() {
    read("[{\"role\":\"assistant\",\"content\":\"" + "x".repeat(4000) + "日".repeat(400) + "\"}]");
    assertThat(text.estimatedInputTokens()).isEqualTo(1000 + 300 + 4);
    assertThat(text.user().length()).isZero();
  }
}
