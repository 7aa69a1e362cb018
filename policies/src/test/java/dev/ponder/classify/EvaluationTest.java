package dev.ponder.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ponder.classify.Evaluation.Row;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluationTest {

  private static final Row HARD = Row.ofOutcomes(0, 1, 1);
  private static final Row EASY = Row.ofOutcomes(1, 1, 1);
  private static final List<Row> ROWS = List.of(HARD, EASY, HARD, EASY);

  @Test
  void of_perfectOrder_isHandComputed() {
    Evaluation result = Evaluation.of(ROWS, new double[] {1, 0, 1, 0});

    // PGR rises from 0 to 1 over the first half and stays: 1/4 + 1/2.
    assertThat(result.apgr()).isCloseTo(.75, within(1e-12));
    assertThat(result.cpt50()).isCloseTo(.25, within(1e-12));
    assertThat(result.cpt80()).isCloseTo(.4, within(1e-12));
    assertThat(result.cpt95()).isCloseTo(.475, within(1e-12));
    assertThat(result.auc()).isEqualTo(1);
    assertThat(result.calibrationError()).isZero();
    // 99 % of accuracy 1 from weak .5: PGR .98 at 49 % strong calls.
    assertThat(result.saved()).isCloseTo(1 - (.49 * 30 + .51) / 30, within(1e-9));
  }

  @Test
  void of_wrongOrder_isTheMirror() {
    Evaluation result = Evaluation.of(ROWS, new double[] {0, 1, 0, 1});

    assertThat(result.apgr()).isCloseTo(.25, within(1e-12));
    assertThat(result.auc()).isZero();
  }

  @Test
  void of_equalScores_isRandom() {
    Evaluation result = Evaluation.of(ROWS, new double[] {.5, .5, .5, .5});

    assertThat(result.apgr()).isCloseTo(.5, within(1e-12));
    assertThat(result.auc()).isEqualTo(.5);
    assertThat(result.cpt80()).isCloseTo(.8, within(1e-12));
  }

  @Test
  void of_weights_countRowsManifold() {
    Evaluation weighted =
        Evaluation.of(
            List.of(Row.ofOutcomes(0, 1, 1), Row.ofOutcomes(1, 1, 3)), new double[] {2, 1});

    // PGR reaches 1 at a quarter of the traffic.
    assertThat(weighted.apgr()).isCloseTo(.875, within(1e-12));
  }

  @Test
  void of_needOnly_hasAucOnly() {
    Evaluation result =
        Evaluation.of(List.of(Row.ofNeed(true), Row.ofNeed(false)), new double[] {.9, .1});

    assertThat(result.auc()).isEqualTo(1);
    assertThat(result.apgr()).isNaN();
    assertThat(result.saved()).isNaN();
  }

  @Test
  void of_noGap_isNotComputable() {
    assertThat(Evaluation.of(List.of(EASY, EASY), new double[] {.1, .2}).apgr()).isNaN();
  }

  @Test
  void of_wrongInput_saysWhatIsExpected() {
    assertThatThrownBy(() -> Evaluation.of(ROWS, new double[] {1}))
        .hasMessage("scores: 1 (expected: 4, one for each row)");
    assertThatThrownBy(() -> Row.ofOutcomes(1.4, 0, 1)).hasMessage("cheap: 1.4 (expected: 0..1)");
    assertThatThrownBy(() -> Row.ofOutcomes(1, 0, 0)).hasMessage("weight: 0.0 (expected: above 0)");
  }

  @Test
  void shareAbove_threshold_countsWeights() {
    List<Row> rows = List.of(Row.ofOutcomes(0, 1, 1), Row.ofOutcomes(1, 1, 3));

    assertThat(Evaluation.shareAbove(rows, new double[] {.5, .2}, .5)).isEqualTo(.25);
  }

  @Test
  void thresholdFor_share_letsNoMoreThrough() {
    List<Row> rows = new ArrayList<>();
    double[] scores = new double[100];
    for (int i = 0; i < 100; i++) {
      rows.add(Row.ofOutcomes(0, 1, 1));
      scores[i] = i / 100.0;
    }

    double threshold = Evaluation.thresholdFor(rows, scores, .3);

    assertThat(Evaluation.shareAbove(rows, scores, threshold)).isEqualTo(.3);
    assertThat(Evaluation.thresholdFor(rows, scores, .001)).isInfinite();
  }

  @Test
  void band_fewRows_isWideAndHoldsTheFigure() {
    List<Row> rows = new ArrayList<>();
    double[] scores = new double[60];
    for (int i = 0; i < 60; i++) {
      rows.add(Row.ofOutcomes(i % 3 == 0 ? 0 : 1, 1, 1));
      scores[i] = i % 3 == 0 && i % 2 == 0 ? .9 : i / 100.0;
    }

    Evaluation.Band band = Evaluation.band(rows, scores, 100, 7);

    double apgr = Evaluation.of(rows, scores).apgr();
    assertThat(band.low().apgr()).isLessThan(apgr - .02);
    assertThat(band.high().apgr()).isGreaterThan(apgr + .02);
    assertThat(Evaluation.band(rows, scores, 100, 7)).isEqualTo(band);
  }
}
