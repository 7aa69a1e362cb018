package dev.ponder.pacing;

/** What is special about the day on which money is paced. */
enum Scenario {
  NORMAL,
  TWICE,
  HALF,
  /** Eight times the traffic in the 20 minutes from 11:00. */
  BURST,
  /** More of the hard classes from 14:00 on. */
  HARDER;

  double traffic() {
    return this == TWICE ? 2 : this == HALF ? 0.5 : 1;
  }

  double traffic(int minute) {
    return this == BURST && minute >= 660 && minute < 680 ? 8 : 1;
  }

  boolean isHarder(double second) {
    return this == HARDER && second > 14 * 3_600;
  }
}
