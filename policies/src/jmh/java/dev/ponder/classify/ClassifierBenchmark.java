package dev.ponder.classify;

import dev.ponder.classify.PromptText.Role;
import dev.ponder.config.ShippedClassifier;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long features and score take for prompts of several sizes, one core, no allocation.
 *
 * <p>Measured in November 2026 with JMH on two virtual cores of an Intel Xeon, JDK 17.0.15, one
 * fork, three iterations, in µs at 60, 600 and 6,000 characters:
 *
 * <ul>
 *   <li>prose: 0.54, 2.8 and 20
 *   <li>puzzles: 1.3, 5.8 and 46
 *   <li>Chinese: 1.1, 7.1 and 50
 * </ul>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ClassifierBenchmark {

  private static final String PROSE =
      "The ferry left at nine, and most of the passengers were still asleep. Could you tell me"
          + " what the captain said, and why everybody laughed? ";

  private static final String PUZZLE =
      "1. Every box holds exactly 3 balls; x1 + x2 <= 17.\n2. No two red balls are adjacent.\n"
          + "Find the minimum number of moves that reach the goal state [A][B] -> [B][A].\n";

  private static final String CHINESE = "请问这艘船几点出发？如果今天下雨，我们应该怎么办呢？";

  @Param({"PROSE", "PUZZLE", "CHINESE"})
  public String kind = "PROSE";

  @Param({"60", "600", "6000"})
  public int characters;

  private final PromptText text = new PromptText();
  private final PromptFeatures features = new PromptFeatures();
  private final Classifier classifier = ShippedClassifier.get();

  /** Feeds the text once: reading the request is measured elsewhere. */
  @Setup
  public void feed() {
    String unit =
        switch (kind) {
          case "PUZZLE" -> PUZZLE;
          case "CHINESE" -> CHINESE;
          default -> PROSE;
        };
    text.beginMessage();
    text.append(unit.repeat(characters / unit.length() + 1).substring(0, characters));
    text.endMessage(Role.USER);
  }

  @Benchmark
  public double score() {
    features.read(text);
    return classifier.score(features);
  }
}
