package dev.ponder.gateway.upstream;

import dev.ponder.gateway.upstream.Permit.Verdict;
import dev.ponder.policy.Resilience;
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
 * What a call costs for being counted: chosen, let in, begun and ended.
 *
 * <p>Measured in November 2026 on two virtual cores of an AMD EPYC, shared and busy, JDK 17.0.15;
 * CPU time of a thread, the best of twelve rounds of a plain loop over the same calls: 140 ns by
 * one thread, 105 ns by each of two, of which reading the clock is 26.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DeploymentStateBenchmark {

  private final DeploymentState state =
      new DeploymentState(
          Resilience.DEFAULT,
          new CallLimit(1_000, 1_000),
          new RetryBudget(Resilience.Retries.DEFAULT, System.nanoTime()),
          System.nanoTime());

  @Benchmark
  public void oneLoop() {
    call();
  }

  @Benchmark
  @Threads(2)
  public void twoLoops() {
    call();
  }

  private void call() {
    long now = System.nanoTime();
    if (state.inRotation(now) && state.hasRoom() && state.enter()) {
      Permit permit = state.begin(now, false, false);
      if (permit != null) {
        permit.end(Verdict.GOOD, now);
      }
    }
  }
}
