package dev.ponder.pacing;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One made-up day of requests, in the order of their arrival.
 *
 * <p>Arrivals are a Poisson process with two peaks, a level that differs by 12 % from day to day
 * and a rate that differs by 10 % from minute to minute. A request has a hidden class of
 * difficulty; by it, its tokens are log-normal with a heavy tail and its gain may be negative.
 */
record Day(List<Request> requests) {

  /**
   * One request.
   *
   * @param second when, in seconds since midnight
   * @param tokens what the dear model would write
   * @param gain what the dear model would gain
   * @param score a noisy signal of the class
   * @param hint a second one, of the gain
   */
  record Request(double second, double tokens, double gain, double score, double hint) {}

  static final int REQUESTS = 12_000;
  static final double MAX_TOKENS = 65_536;

  private static final int MINUTES = 1_440;
  private static final double[] MEDIAN_TOKENS = {300, 1_200, 4_000, 9_000};
  private static final double SIGMA = 0.9;
  private static final double[] CLASSES = {.52, .28, .14, .06};
  private static final double[] HARDER_CLASSES = {.30, .30, .25, .15};
  private static final double[] RATE = rate();

  static Day of(Dice dice, Scenario scenario, int requests) {
    double level = requests * Math.exp(dice.normal(0, 0.12)) * scenario.traffic();
    List<Request> day = new ArrayList<>();
    for (int minute = 0; minute < MINUTES; minute++) {
      double noise = Math.exp(dice.normal(0, 0.10));
      int start = minute * 60;
      IntStream.range(0, dice.poisson(RATE[minute] * level * noise * scenario.traffic(minute)))
          .mapToDouble(i -> start + dice.uniform() * 60)
          .sorted()
          .forEach(at -> day.add(request(dice, at, scenario.isHarder(at))));
    }
    return new Day(day);
  }

  private static Request request(Dice dice, double second, boolean harder) {
    int difficulty = difficulty(dice, harder);
    double tokens = MEDIAN_TOKENS[difficulty] * Math.exp(dice.normal(0, SIGMA));
    double gain = gain(dice, difficulty);
    return new Request(
        second,
        Math.min(MAX_TOKENS, tokens),
        gain,
        difficulty + dice.normal(0, .6),
        gain + dice.normal(0, .15));
  }

  private static int difficulty(Dice dice, boolean harder) {
    double u = dice.uniform();
    double[] share = harder ? HARDER_CLASSES : CLASSES;
    int k = 0;
    for (double sum = share[0]; k < 3 && u > sum; sum += share[k]) {
      k++;
    }
    return k;
  }

  private static double gain(Dice dice, int difficulty) {
    return switch (difficulty) {
      case 0 -> dice.normal(-.005, .03);
      case 1 -> dice.beta(1.5, 12);
      case 2 -> dice.beta(3, 6);
      default -> dice.beta(4, 3);
    };
  }

  /** The share of each minute in a day: a little at night, peaks at 10:30, 15:30 and 21:00. */
  private static double[] rate() {
    double[] rate = new double[MINUTES];
    double sum = 0;
    for (int i = 0; i < MINUTES; i++) {
      double hour = i / 60.0;
      rate[i] =
          0.15 + hump(hour, 10.5, 2.2) + .85 * hump(hour, 15.5, 2.6) + .25 * hump(hour, 21, 1.5);
      sum += rate[i];
    }
    for (int i = 0; i < MINUTES; i++) {
      rate[i] /= sum;
    }
    return rate;
  }

  private static double hump(double hour, double middle, double width) {
    double away = (hour - middle) / width;
    return Math.exp(-away * away);
  }
}
