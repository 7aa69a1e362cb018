package dev.ponder.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ponder.classify.Classifier;
import dev.ponder.classify.ModelText;
import dev.ponder.classify.PromptFeatures;
import dev.ponder.classify.PromptText;
import dev.ponder.classify.PromptText.Role;
import dev.ponder.classify.ReasoningModel;
import dev.ponder.classify.TokenForecast;
import dev.ponder.classify.TokenForecast.Curve;
import dev.ponder.classify.TrainedClassifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TrainerTest {

  private static final Curve CURVE = new Curve(100, 1000, .5, 4);
  private static final Settings SETTINGS =
      new Settings("m", 5, 1, 3, .3, new TokenForecast(List.of(CURVE, CURVE, CURVE)));

  private final PromptText text = new PromptText();
  private final PromptFeatures features = new PromptFeatures();

  /** Half of the prompts speak of whales and gain, half of sparrows and do not. */
  private List<Example> examples(int size) {
    Random dice = new Random(9);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      boolean hard = i % 2 == 0;
      read("There were " + dice.nextInt(100) + (hard ? " whales at sea" : " sparrows in town"));
      double target = hard ? .8 : 0;
      examples.add(
          new Example(features.toFloats(), features.toBuckets(), target, 1, 1, "g" + i % 7));
    }
    return examples;
  }

  @Test
  void train_wordsThatTell_areLearnt() {
    Classifier classifier = new TrainedClassifier(new Trainer(SETTINGS).train(examples(400), "x"));

    read("There were 7 whales at sea");
    double whales = classifier.gainProbability(classifier.score(features));
    read("There were 7 sparrows in town");
    double sparrows = classifier.gainProbability(classifier.score(features));

    assertThat(whales).isGreaterThan(.35);
    assertThat(sparrows).isLessThan(whales / 3);
  }

  @Test
  void train_sameExamples_giveTheSameBytes() {
    ReasoningModel first = new Trainer(SETTINGS).train(examples(200), "x");
    ReasoningModel second = new Trainer(SETTINGS).train(examples(200), "x");

    assertThat(ModelText.write(second)).isEqualTo(ModelText.write(first));
    assertThat(ModelText.read(ModelText.write(first)).words()).isEqualTo(first.words());
  }

  @Test
  void train_threshold_letsTheWantedShareThrough() {
    List<Example> examples = examples(400);
    Classifier classifier = new TrainedClassifier(new Trainer(SETTINGS).train(examples, "x"));
    Random dice = new Random(10);
    int above = 0;
    for (int i = 0; i < 400; i++) {
      read("There were " + dice.nextInt(100) + (i % 2 == 0 ? " whales at sea" : " sparrows in"));
      above += classifier.score(features) >= classifier.shippedThreshold() ? 1 : 0;
    }

    assertThat(above).isBetween(60, 220); // 30 % of the traffic, all of it among the whales
  }

  @Test
  void train_oneGroup_isRefused() {
    List<Example> all = new ArrayList<>();
    examples(10).forEach(one -> all.add(new Example(one.values(), one.buckets(), 0, 1, 1, "only")));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Trainer(SETTINGS).train(all, "x"))
        .withMessage("groups: [only] (expected: at least two)");
  }

  @Test
  void train_noTraffic_isRefused() {
    List<Example> all = examples(10).stream().map(one -> one.weighing(1, 0)).toList();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Trainer(SETTINGS).train(all, "x"))
        .withMessage("traffic: 0 everywhere (expected: some above 0)");
  }

  private void read(String prompt) {
    text.reset();
    text.beginMessage();
    text.append(prompt);
    text.endMessage(Role.USER);
    features.read(text);
  }
}
