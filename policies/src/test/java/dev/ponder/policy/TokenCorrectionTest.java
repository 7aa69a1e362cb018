package dev.ponder.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenCorrectionTest {

  private final TokenCorrection correction = new TokenCorrection();

  @Test
  void visible_nothingLearnt_isTheForecast() {
    assertThat(correction.visible(350)).isEqualTo(350);
    assertThat(correction.hidden(1_000)).isEqualTo(1_000);
  }

  @Test
  void learn_modelThatThinksThreeTimesAsLong_isExpectedTo() {
    Random dice = new Random(1);
    for (int i = 0; i < 200; i++) {
      long hidden = Math.round(3_000 * Math.exp(.9 * dice.nextGaussian()));
      correction.learn(300, 300, 1_000, hidden);
    }

    assertThat(correction.hidden(1_000)).isBetween(2_300L, 3_900L);
    assertThat(correction.visible(300)).isBetween(280L, 320L);
  }

  @Test
  void learn_halfOfTheAnswers_areLongerThanExpected() {
    Random dice = new Random(2);
    int longer = 0;
    for (int i = 0; i < 2_000; i++) {
      long tokens = Math.round(90 * Math.exp(1.2 * dice.nextGaussian()));
      longer += i >= 200 && tokens > correction.visible(400) ? 1 : 0;
      correction.learn(400, tokens, 0, 0);
    }

    assertThat(longer / 1_800.0).isBetween(.45, .55);
  }

  @Test
  void learn_changeOfTheModel_isFollowed() {
    for (int i = 0; i < 500; i++) {
      correction.learn(100, 100, 0, 0);
    }
    for (int i = 0; i < 100; i++) {
      correction.learn(100, 400, 0, 0);
    }

    assertThat(correction.visible(100)).isBetween(380L, 420L);
  }

  @Test
  void learn_noForecast_learnsNothing() {
    correction.learn(0, 9_000, 0, 9_000);

    assertThat(correction.visible(100)).isEqualTo(100);
    assertThat(correction.hidden(100)).isEqualTo(100);
  }

  @Test
  void learn_absurdAnswers_stayWithinBounds() {
    for (int i = 0; i < 1_000; i++) {
      correction.learn(100, Long.MAX_VALUE / 2, 100, 0);
    }

    assertThat(correction.visible(100)).isEqualTo(5_000);
    assertThat(correction.hidden(100)).isEqualTo(2);
  }
}
