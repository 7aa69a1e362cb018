package dev.ponder.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ponder.classify.TokenForecast.Curve;
import dev.ponder.classify.TokenForecast.Kind;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelTextTest {

  private static ReasoningModel model() {
    double[] mean = new double[PromptFeatures.VALUES];
    double[] spread = new double[PromptFeatures.VALUES];
    double[] weight = new double[PromptFeatures.VALUES];
    for (int i = 0; i < weight.length; i++) {
      mean[i] = i / 8.0;
      spread[i] = 1 + i / 16.0;
      weight[i] = -i / 32.0;
    }
    byte[] words = new byte[ReasoningModel.WORD_BUCKETS];
    words[0] = 127;
    words[65_535] = -127;
    Curve curve = new Curve(100, 1000, .5, 4);
    TokenForecast tokens = new TokenForecast(List.of(curve, curve, new Curve(150, 5000, .6, 5)));
    return new ReasoningModel(
        "m", "3 prompts", -1.5, mean, spread, weight, words, .25, 1.5, -.5, .125, tokens);
  }

  @Test
  void read_whatWasWritten_isTheSameModel() {
    assertThat(ModelText.read(ModelText.write(model()))).isEqualTo(model());
  }

  @Test
  void write_eachValue_hasALineThatPeopleCanRead() {
    String text = ModelText.write(model());

    assertThat(text.lines().filter(line -> line.startsWith("value "))).hasSize(99);
    assertThat(text)
        .contains("\nvalue whole.NUMBER_SHARE ", "\nvalue end.SIZE ", "\ntokens REASON");
    assertThat(text.length()).isLessThan(1_000_000);
  }

  @Test
  void read_notAModel_saysTheLine() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ModelText.read("hello"))
        .withMessage("line 1: hello (expected: ponder-model 1)");
  }

  @Test
  void read_otherFeatureThanExpected_saysBoth() {
    String text = ModelText.write(model()).replace("value whole.SEMICOLONS", "value whole.COLONS");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ModelText.read(text))
        .withMessageContaining("whole.COLONS")
        .withMessageContaining("(expected: value whole.SEMICOLONS ...)");
  }

  @Test
  void read_wordForANumber_saysTheLine() {
    String text = ModelText.write(model()).replace("intercept -1.50000", "intercept much");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ModelText.read(text))
        .withMessage("line 4: much (expected: a number)");
  }

  @Test
  void read_cutText_isRefused() {
    String[] lines = ModelText.write(model()).split("\n", -1);
    String cut = String.join("\n", Arrays.copyOf(lines, lines.length - 10));

    assertThatIllegalArgumentException().isThrownBy(() -> ModelText.read(cut));
  }

  @Test
  void tokens_probability_growsToItsReach() {
    TokenForecast tokens = model().tokens();

    assertThat(tokens.median(Kind.REASONING, 0)).isEqualTo(150);
    assertThat(tokens.median(Kind.REASONING, .3)).isEqualTo(866); // the geometric mean
    assertThat(tokens.median(Kind.REASONING, .9)).isEqualTo(5000);
    assertThat(tokens.p99(Kind.REASONING, .9)).isEqualTo(25_000);
  }
}
