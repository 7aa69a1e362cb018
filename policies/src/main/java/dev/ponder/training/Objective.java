package dev.ponder.training;

/** A smooth convex function of many variables that is to be made small. */
interface Objective {

  /**
   * The value at a point.
   *
   * @param gradient is overwritten with the gradient at that point
   */
  double at(double[] point, double[] gradient);
}
