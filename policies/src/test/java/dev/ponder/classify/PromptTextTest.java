package dev.ponder.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.classify.PromptText.Role;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PromptTextTest {

  private static final int KEPT = PromptText.Window.HEAD + PromptText.Window.TAIL;

  private final PromptText text = new PromptText();

  @Test
  void window_shortText_isKeptWhole() {
    feed(Role.USER, "How are you?");

    assertThat(kept(text.user())).isEqualTo("How are you?");
    assertThat(text.user().length()).isEqualTo(12);
  }

  @Test
  void window_exactlyFull_hasNoGap() {
    String words = letters(KEPT, 1);
    feed(Role.USER, words);

    assertThat(kept(text.user())).isEqualTo(words);
  }

  @Test
  void window_longText_keepsHeadAndTail() {
    String words = letters(3 * KEPT + 17, 2);
    feed(Role.USER, words);

    String head = words.substring(0, PromptText.Window.HEAD);
    String tail = words.substring(words.length() - PromptText.Window.TAIL);
    assertThat(kept(text.user())).isEqualTo(head + "\n" + tail);
    assertThat(text.user().length()).isEqualTo(words.length());
  }

  @Test
  void endMessage_severalTurns_keepsLastUserAndSystem() {
    feed(Role.SYSTEM, "You are kind.");
    feed(Role.USER, "first");
    feed(Role.ASSISTANT, "answer");
    feed(Role.USER, "second");
    feed(Role.TOOL, "result");

    assertThat(kept(text.user())).isEqualTo("second");
    assertThat(kept(text.system())).isEqualTo("You are kind.");
    assertThat(text.userTurns()).isEqualTo(2);
    assertThat(text.assistantTurns()).isEqualTo(1);
    assertThat(text.toolTurns()).isEqualTo(1);
  }

  @Test
  void reset_afterUse_forgetsAll() {
    feed(Role.USER, "something");
    text.addTool();
    text.addImage();
    text.setStructuredOutput();
    text.reset();

    assertThat(kept(text.user())).isEmpty();
    assertThat(text.tools() + text.images() + text.userTurns()).isZero();
    assertThat(text.structuredOutput()).isFalse();
    assertThat(text.estimatedInputTokens()).isEqualTo(4);
  }

  @Test
  void breakPart_betweenParts_partsThem() {
    text.beginMessage();
    text.breakPart();
    text.append("one");
    text.breakPart();
    text.append("two");
    text.endMessage(Role.USER);

    assertThat(kept(text.user())).isEqualTo("one\ntwo");
  }

  @Test
  void appendAscii_randomPieces_equalsAppend() {
    Random random = new Random(3);
    for (int round = 0; round < 60; round++) {
      String words = letters(random.nextInt(4 * KEPT), round);
      PromptText byChar = new PromptText();
      byChar.beginMessage();
      byChar.append(words);
      byChar.endMessage(Role.USER);
      byte[] bytes = words.getBytes(StandardCharsets.US_ASCII);
      text.reset();
      text.beginMessage();
      for (int at = 0; at < bytes.length; ) {
        int next = Math.min(bytes.length, at + 1 + random.nextInt(3 * KEPT));
        text.appendAscii(bytes, at, next);
        at = next;
      }
      text.endMessage(Role.USER);

      assertThat(kept(text.user())).isEqualTo(kept(byChar.user()));
      assertThat(text.estimatedInputTokens()).isEqualTo(byChar.estimatedInputTokens());
    }
  }

  private void feed(Role role, String words) {
    text.beginMessage();
    text.append(words);
    text.endMessage(role);
  }

  private static String kept(PromptText.Window window) {
    char[] target = new char[KEPT + 1];
    return new String(target, 0, window.copyTo(target));
  }

  private static String letters(int count, int seed) {
    Random random = new Random(seed);
    StringBuilder words = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      words.append((char) (' ' + random.nextInt(95)));
    }
    return words.toString();
  }
}
