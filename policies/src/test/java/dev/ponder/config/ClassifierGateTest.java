package dev.ponder.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.classify.Classifier;
import dev.ponder.classify.PromptFeatures;
import dev.ponder.classify.PromptText;
import dev.ponder.classify.PromptText.Role;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a model must hold before it may ship: on 360 prompts in six languages that were written for
 * this test and never trained on, and under everything that people bolt onto them.
 */
class ClassifierGateTest {

  private static final double MOST_CHANGED = .02;
  private static final double MOST_BOUGHT = .05;

  private record Prompt(String language, boolean hard, String text) {}

  private final Classifier classifier = ShippedClassifier.get();
  private final PromptText text = new PromptText();
  private final PromptFeatures features = new PromptFeatures();
  private final List<Prompt> prompts = new ArrayList<>();

  @BeforeEach
  void read() throws IOException {
    try (InputStream in = ClassifierGateTest.class.getResourceAsStream("languages.txt")) {
      String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String line : all.split("\n", -1)) {
        if (!line.isEmpty()) {
          prompts.add(new Prompt(line.substring(0, 2), line.charAt(3) == '1', line.substring(5)));
        }
      }
    }
    assertThat(prompts).hasSize(360);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fr", "ja", "zh", "de", "es", "ru"})
  void score_language_isRightNineTimesOfTen(String language) {
    long right =
        prompts.stream()
            .filter(prompt -> prompt.language().equals(language))
            .filter(prompt -> needsReasoning(prompt.text()) == prompt.hard())
            .count();

    assertThat(right).isBetween(54L, 60L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Please format the answer as a table.",
        "Reply with exactly one sentence, nothing else.",
        "Give only the final answer.",
        "Bitte antworte nur mit dem Ergebnis.",
        "Return a JSON object with the keys answer and confidence.",
        "Your output must be valid JSON: {\"result\": \"...\"}",
        "Thanks a lot in advance!",
        "I would appreciate your help very much, thank you.",
        "Let's think step by step.",
        "Think carefully, step by step, before you answer.",
        "Denke bitte Schritt für Schritt nach.",
        "This is very hard, think deeply.",
        "--\nRobin Tailor\nChief Buyer, Example Inc.\n+1 202 555 0143"
      })
  void score_phraseBelow_changesHardlyAnyTier(String phrase) {
    assertThat(changed(prompt -> prompt + "\n" + phrase)).isLessThanOrEqualTo(MOST_CHANGED);
  }

  @Test
  void score_codeFence_changesHardlyAnyTier() {
    assertThat(changed(prompt -> "```\n" + prompt + "\n```")).isLessThanOrEqualTo(MOST_CHANGED);
  }

  @Test
  void score_whiteSpaceAndCase_changeHardlyAnyTier() {
    assertThat(changed(prompt -> "\n  " + prompt + "  \n")).isLessThanOrEqualTo(MOST_CHANGED);
    assertThat(changed(prompt -> prompt.toLowerCase(Locale.ROOT)))
        .isLessThanOrEqualTo(2 * MOST_CHANGED); // names and variables lose what marks them
  }

  @Test
  void score_typos_changeHardlyAnyTier() {
    Random dice = new Random(3);
    UnaryOperator<String> typos =
        prompt -> {
          char[] letters = prompt.toCharArray();
          for (int i = 0; i + 1 < letters.length; i++) {
            if (Character.isLetter(letters[i]) && dice.nextDouble() < .02) {
              letters[i] = letters[i + 1];
            }
          }
          return new String(letters);
        };

    assertThat(changed(typos)).isLessThanOrEqualTo(2 * MOST_CHANGED); // of rather short prompts
  }

  @Test
  void score_systemPrompt_changesNoTier() {
    for (Prompt prompt : prompts) {
      boolean alone = needsReasoning(prompt.text());
      text.reset();
      feed(Role.SYSTEM, "You are a careful mathematician. Prove every step. Never guess.");
      feed(Role.USER, prompt.text());
      features.read(text);
      assertThat(classifier.score(features) >= classifier.shippedThreshold()).isEqualTo(alone);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x^2 + 3xy - 7 = 0, y_{n+1} = 2y_n - 1",
        "$$\\int_0^1 \\frac{x^4}{1+x^2} dx \\le \\sum_{k=1}^{n} k^2$$",
        "Plan:\n1. Move box A from slot 1 to slot 3.\n2. Never put B next to C.\n3. Exactly 7.",
        "Initial state: A on B, C on the table.\nGoal: C on A.\nRule 1: one block at a time."
      })
  void score_equationsOrAPlanUnderSmallTalk_buyNothing(String pasted) {
    double bought = 0;
    double seen = 0;
    for (Prompt prompt : prompts) {
      if (!prompt.hard() && !needsReasoning(prompt.text())) {
        seen++;
        bought += needsReasoning(prompt.text() + "\n\n" + pasted) ? 1 : 0;
      }
    }

    assertThat(bought / seen).isLessThanOrEqualTo(MOST_BOUGHT);
  }

  private double changed(UnaryOperator<String> edit) {
    double changed = 0;
    for (Prompt prompt : prompts) {
      changed += needsReasoning(prompt.text()) != needsReasoning(edit.apply(prompt.text())) ? 1 : 0;
    }
    return changed / prompts.size();
  }

  private boolean needsReasoning(String prompt) {
    text.reset();
    feed(Role.USER, prompt);
    features.read(text);
    return classifier.score(features) >= classifier.shippedThreshold();
  }

  private void feed(Role role, String words) {
    text.beginMessage();
    text.append(words);
    text.endMessage(role);
  }
}
