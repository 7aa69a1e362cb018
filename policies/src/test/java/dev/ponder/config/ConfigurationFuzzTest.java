package dev.ponder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever stands in a file, reading it answers; {@code -Dponder.fuzz.seed} repeats a run. */
class ConfigurationFuzzTest {

  private static final int MUTATIONS = 2_000;

  private static final String[] SPICE = {
    ":",
    "-",
    "[",
    "]",
    "{",
    "}",
    "\n",
    " ",
    "'",
    "\"",
    "&a ",
    "*a",
    "!",
    "%",
    "#",
    "|",
    ">",
    "?",
    "@",
    "\t",
    "\\",
    "\0",
    "\ud83d\ude00",
    "\ud83d",
    "null",
    "true",
    "1e9",
    "-1",
    "0x1f",
    "~",
    "<<: *a",
    "---\n",
    "...\n",
    "[]",
    "{}",
    "9".repeat(40),
    "a/b",
    "\u2028",
    "\ufeff",
    "\\ud800"
  };

  @Test
  void read_mutatedFile_neverThrows() {
    long seed = Long.getLong("ponder.fuzz.seed", 20261123L);
    PriceBook prices = PriceBook.bundled();
    String[] sources = {Examples.FULL, Examples.REST, Examples.MINIMAL};
    int served = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      Random random = new Random(seed + i);
      String yaml = mutate(sources[i % sources.length], random);
      try {
        ConfigurationReader.Result result =
            ConfigurationReader.read("f", yaml, prices, Examples.TODAY);
        served += result.configuration().isPresent() ? 1 : 0;
        boolean errors =
            result.problems().stream().anyMatch(p -> p.severity() == Problem.Severity.ERROR);
        assertThat(result.configuration().isEmpty()).isEqualTo(errors);
        assertThat(result.problems()).allMatch(p -> p.line() > 0 && p.column() > 0);
        assertThat(result.problems()).noneMatch(p -> p.toString().indexOf('\n') >= 0);
      } catch (RuntimeException | StackOverflowError e) {
        fail("seed " + seed + ", mutation " + i + ":\n" + yaml, e);
      }
    }
    // Both worlds must be visited, or the mutations are too wild or too tame.
    assertThat(served).as("seed %d", seed).isBetween(MUTATIONS / 100, MUTATIONS * 9 / 10);
  }

  private static String mutate(String source, Random random) {
    StringBuilder yaml = new StringBuilder(source);
    for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
      int at = random.nextInt(yaml.length());
      switch (random.nextInt(4)) {
        case 0 -> yaml.deleteCharAt(at);
        case 1 -> yaml.insert(at, SPICE[random.nextInt(SPICE.length)]);
        case 2 -> yaml.delete(at, Math.min(yaml.length(), at + random.nextInt(40)));
        default -> {
          int from = random.nextInt(yaml.length());
          int to = Math.min(yaml.length(), from + random.nextInt(40));
          yaml.insert(at, yaml.substring(from, to));
        }
      }
    }
    return yaml.toString();
  }
}
