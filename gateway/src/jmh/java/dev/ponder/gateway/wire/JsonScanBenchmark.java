package dev.ponder.gateway.wire;

import dev.ponder.classify.PromptText;
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
 * How long one pass over a request takes, text fed to the classifier's windows included.
 *
 * <p>Measured in November 2026 on two virtual cores of an AMD EPYC, shared and busy, JDK 17.0.15;
 * CPU time of one thread, the best of twelve rounds of a plain loop over the same calls:
 *
 * <ul>
 *   <li>chat (1 KB): 1.3 µs
 *   <li>history (388 KB, 400 messages): 122 µs
 *   <li>one prompt of 400 KB with a line break every 66 bytes: 134 µs
 *   <li>chinese (1 MB): 1.05 ms
 *   <li>escaped (1 MB): 0.94 ms
 * </ul>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class JsonScanBenchmark {

  @Param({"chat", "history", "chinese", "escaped", "image"})
  public String body = "chat";

  private final JsonScan scan = new JsonScan(512);
  private final PromptText text = new PromptText();
  private byte[] bytes = {};

  @Setup
  public void prepare() {
    bytes = ChatBodies.of(body);
  }

  @Benchmark
  public RequestView scan() {
    return scan.scanChat(bytes, bytes.length, text);
  }
}
