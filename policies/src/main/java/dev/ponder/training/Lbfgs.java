package dev.ponder.training;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;

/**
 * Minimises a smooth convex function by limited-memory BFGS (Nocedal and Wright, Numerical
 * Optimization, 2nd edition, algorithms 7.4 and 7.5) with a backtracking line search. One thread
 * and no randomness: the same function always gives the same minimum.
 */
final class Lbfgs {

  private static final int MEMORY = 10;
  private static final int MOST_HALVINGS = 40;

  /** The share of the promised decrease that a step must bring (Armijo). */
  private static final double SUFFICIENT = 1e-4;

  private final int mostSteps;
  private final double tolerance;

  @SuppressWarnings("ArrayRecordComponent") // numbers by the thousand
  private record Pair(double[] step, double[] change, double product) {}

  /**
   * A minimiser.
   *
   * @param mostSteps stops after that many steps, 1 or more
   * @param tolerance stops when the largest component of the gradient is below that
   */
  Lbfgs(int mostSteps, double tolerance) {
    this.mostSteps = mostSteps;
    this.tolerance = tolerance;
  }

  /** The minimum, looked for from {@code start}, which is not changed. */
  double[] minimum(Objective objective, double[] start) {
    double[] point = start.clone();
    double[] gradient = new double[point.length];
    double value = objective.at(point, gradient);
    Deque<Pair> pairs = new ArrayDeque<>();
    for (int step = 0; step < mostSteps && largest(gradient) > tolerance; step++) {
      double[] direction = direction(gradient, pairs);
      double slope = dot(direction, gradient);
      double length = pairs.isEmpty() ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient))) : 1;
      double[] next = new double[point.length];
      double[] nextGradient = new double[point.length];
      double nextValue = value;
      boolean better = false;
      for (int i = 0; i < MOST_HALVINGS && !better; i++, length /= 2) {
        add(point, direction, length, next);
        nextValue = objective.at(next, nextGradient);
        better = nextValue <= value + SUFFICIENT * length * slope;
      }
      if (!better) {
        return point;
      }
      remember(pairs, minus(next, point), minus(nextGradient, gradient));
      point = next;
      gradient = nextGradient;
      value = nextValue;
    }
    return point;
  }

  private static void remember(Deque<Pair> pairs, double[] step, double[] change) {
    double product = dot(step, change);
    if (product > 1e-12) {
      pairs.addLast(new Pair(step, change, product));
      if (pairs.size() > MEMORY) {
        pairs.removeFirst();
      }
    }
  }

  /** Against the gradient, by the inverse Hessian as far as the last steps tell. */
  private static double[] direction(double[] gradient, Deque<Pair> pairs) {
    double[] direction = new double[gradient.length];
    for (int i = 0; i < gradient.length; i++) {
      direction[i] = -gradient[i];
    }
    if (pairs.isEmpty()) {
      return direction;
    }
    double[] alphas = new double[pairs.size()];
    int at = pairs.size();
    for (Iterator<Pair> last = pairs.descendingIterator(); last.hasNext(); ) {
      Pair pair = last.next();
      alphas[--at] = dot(pair.step(), direction) / pair.product();
      add(direction, pair.change(), -alphas[at], direction);
    }
    Pair newest = pairs.getLast();
    double scale = newest.product() / dot(newest.change(), newest.change());
    Arrays.setAll(direction, i -> direction[i] * scale);
    for (Pair pair : pairs) {
      double beta = dot(pair.change(), direction) / pair.product();
      add(direction, pair.step(), alphas[at++] - beta, direction);
    }
    return direction;
  }

  private static double largest(double[] vector) {
    double largest = 0;
    for (double component : vector) {
      largest = Math.max(largest, Math.abs(component));
    }
    return largest;
  }

  private static double dot(double[] left, double[] right) {
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      sum += left[i] * right[i];
    }
    return sum;
  }

  private static double[] minus(double[] left, double[] right) {
    double[] difference = new double[left.length];
    add(left, right, -1, difference);
    return difference;
  }

  private static void add(double[] to, double[] vector, double factor, double[] sum) {
    for (int i = 0; i < to.length; i++) {
      sum[i] = to[i] + factor * vector[i];
    }
  }
}
