package dev.ponder.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The reference in README.md says of its blocks that they are, joined, a file that is accepted. */
class ReferenceTest {

  private static final Pattern BLOCK = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);

  @Test
  void read_blocksOfTheReference_areAccepted() throws IOException {
    StringBuilder yaml = new StringBuilder();
    Matcher block = BLOCK.matcher(Files.readString(Path.of("README.md")));
    while (block.find()) {
      yaml.append(block.group(1));
    }
    ConfigurationReader.Result result =
        ConfigurationReader.read("README.md", yaml.toString(), PriceBook.bundled(), Examples.TODAY);

    assertThat(result.problems())
        .filteredOn(p -> !p.message().contains("price file"))
        .extracting(Problem::toString)
        .isEmpty();
    assertThat(result.configuration().orElseThrow().policies()).hasSize(6);
  }
}
