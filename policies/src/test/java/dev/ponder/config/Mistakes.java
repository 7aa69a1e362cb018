package dev.ponder.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** A table of files and the very lines that people see about them. */
final class Mistakes {

  private final List<DynamicTest> tests = new ArrayList<>();

  Stream<DynamicTest> tests() {
    return tests.stream();
  }

  void extra(String lines, String... expected) {
    file(Examples.BASE + lines + "\n", expected);
  }

  void upstream(String value, String... expected) {
    String line = Examples.BASE.lines().skip(1).findFirst().orElseThrow();
    file(Examples.BASE.replace(line, "  openai: " + value), expected);
  }

  void model(String value, String... expected) {
    extra("  m: " + value, expected);
  }

  void file(String yaml, String... expected) {
    String name = yaml.startsWith(Examples.BASE) ? yaml.substring(Examples.BASE.length()) : yaml;
    String shown = Problems.shown(name);
    tests.add(
        DynamicTest.dynamicTest(
            shown,
            () -> {
              ConfigurationReader.Result result = Examples.read(yaml);
              assertThat(result.problems())
                  .extracting(Problem::toString)
                  .containsExactly(
                      Stream.of(expected)
                          .map(line -> "ponder.yaml:" + line)
                          .toArray(String[]::new));
              boolean errors =
                  result.problems().stream().anyMatch(p -> p.severity() == Problem.Severity.ERROR);
              assertThat(result.configuration().isEmpty()).isEqualTo(errors);
            }));
  }
}
