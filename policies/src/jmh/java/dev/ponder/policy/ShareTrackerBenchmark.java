package dev.ponder.policy;

import dev.ponder.classify.ScoreDistribution;
import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long it takes to find the threshold of a tier with an {@code lrm_share} and to count a
 * request; the goal is 0.1 µs.
 *
 * <p>Measured in November 2026 with JMH on two virtual cores, shared and busy, JDK 17.0.15: 86 ns
 * alone; 0.9 µs each where two threads do nothing else.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ShareTrackerBenchmark {

  private final ShareTracker tracker = new ShareTracker(route(), ScoreDistribution.SHIPPED);

  private static Route route() {
    Upstream upstream =
        new Upstream(
            "u",
            Upstream.Provider.OPENAI,
            URI.create("http://127.0.0.1"),
            Optional.empty(),
            Timeouts.DEFAULT,
            1,
            Upstream.On5xx.VOID);
    Model model =
        new Model(
            "m",
            List.of(new Deployment(upstream, "m")),
            true,
            ModelPrice.of(Money.ofNanos(1), Money.ofNanos(1)),
            new Capabilities(true, true, 0, 0, "", Set.of(), true, 0, 0));
    return new Route(
        "auto",
        List.of(
            new Tier(model, Optional.empty(), 0, List.of()),
            new Tier(model, Optional.empty(), .69, OptionalDouble.of(.2), List.of())),
        Duration.ZERO);
  }

  /** The scores of one thread. */
  @State(Scope.Thread)
  public static class Scores {

    private final double[] scores = new Random(1).doubles(1 << 12).toArray();
    private int next;

    double next() {
      return scores[next++ & (1 << 12) - 1];
    }
  }

  /** Alone. */
  @Benchmark
  @Threads(1)
  public double admit(Scores scores) {
    return tracker.admit(scores.next()).now(1);
  }

  /** Two event loops that do nothing else: real ones have hundreds of microseconds in between. */
  @Benchmark
  @Threads(2)
  public double admitOfTwoThreads(Scores scores) {
    return tracker.admit(scores.next()).now(1);
  }
}
