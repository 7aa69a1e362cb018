package dev.ponder.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LbfgsTest {

  @Test
  void minimum_skewedBowl_isItsBottom() {
    double[] bottom = {3, -2, 7, .5};
    Objective bowl =
        (point, gradient) -> {
          double value = 0;
          for (int i = 0; i < point.length; i++) {
            double steep = Math.pow(10, i);
            gradient[i] = steep * (point[i] - bottom[i]);
            value += gradient[i] * (point[i] - bottom[i]) / 2;
          }
          return value;
        };

    double[] found = new Lbfgs(200, 1e-9).minimum(bowl, new double[4]);

    assertThat(found).containsExactly(bottom, within(1e-6));
  }

  @Test
  void minimum_noStepAllowed_isTheStart() {
    Objective slope =
        (point, gradient) -> {
          gradient[0] = 1;
          return point[0];
        };

    assertThat(new Lbfgs(0, 1e-9).minimum(slope, new double[] {4})).containsExactly(4);
  }

  @Test
  void logisticLoss_gradient_isThatOfTheValue() {
    Random dice = new Random(5);
    List<Example> examples = new ArrayList<>();
    float[][] values = new float[12][3];
    char[][] buckets = new char[12][];
    for (int i = 0; i < values.length; i++) {
      for (int k = 0; k < 3; k++) {
        values[i][k] = (float) dice.nextGaussian();
      }
      buckets[i] = i % 3 == 0 ? new char[0] : new char[] {(char) (i % 4), 4};
      examples.add(
          new Example(values[i], buckets[i], dice.nextDouble(), .5 + dice.nextDouble(), 0, "g"));
    }
    LogisticLoss loss = new LogisticLoss(examples, values, buckets, 5, .7, .3);
    double[] point = dice.doubles(loss.size(), -1, 1).toArray();
    double[] gradient = new double[point.length];
    loss.at(point, gradient);

    double step = 1e-6;
    for (int i = 0; i < point.length; i++) {
      double[] up = point.clone();
      double[] down = point.clone();
      up[i] += step;
      down[i] -= step;
      double slope =
          (loss.at(up, new double[point.length]) - loss.at(down, new double[point.length]))
              / (2 * step);
      assertThat(gradient[i]).as("variable " + i).isCloseTo(slope, within(1e-5));
    }
  }

  @Test
  void calibration_shrunkSums_areStretched() {
    Random dice = new Random(6);
    int size = 40_000;
    double[] sums = new double[size];
    double[] targets = new double[size];
    double[] weights = new double[size];
    for (int i = 0; i < size; i++) {
      double logOdds = 2 * dice.nextGaussian() - 1;
      sums[i] = logOdds / 4;
      targets[i] = dice.nextDouble() < 1 / (1 + Math.exp(-logOdds)) ? 1 : 0;
      weights[i] = 1;
    }

    Calibration found = Calibration.of(sums, targets, weights);

    assertThat(found.slope()).isCloseTo(4, within(.4));
    assertThat(found.shift()).isCloseTo(0, within(.2));
    assertThat(found.probability(-.25)).isCloseTo(1 / (1 + Math.E), within(.04));
  }
}
