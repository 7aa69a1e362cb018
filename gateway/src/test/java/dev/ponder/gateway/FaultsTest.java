package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.Repository.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of {@code FAULTS.md}: no fault is missing, and every test that it names is there. */
class FaultsTest {

  private static final int FAULTS = 36;
  private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w+Test)\\.(\\w+)`");
  private static final Pattern ROW = Pattern.compile("^\\| (\\d+) \\|");

  @Test
  void everyFault_hasItsRow_andEveryTestExists() {
    check("gateway/FAULTS.md", FAULTS);
  }

  /** Fails unless a page has so many numbered rows, and every test that it names exists. */
  static void check(String page, int last) {
    Map<String, StringBuilder> tests = new HashMap<>();
    Text table = null;
    for (Text text : Repository.read().texts()) {
      if (text.path().equals(page)) {
        table = text;
      } else if (text.path().endsWith("Test.java")) {
        String name = text.file().getFileName().toString().replace(".java", "");
        tests.computeIfAbsent(name, n -> new StringBuilder()).append(text.content());
      }
    }
    assertThat(table).isNotNull();
    List<Integer> rows = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (String line : table.lines()) {
      Matcher row = ROW.matcher(line);
      if (row.find()) {
        rows.add(Integer.valueOf(row.group(1)));
      }
      Matcher named = NAMED.matcher(line);
      while (named.find()) {
        String source = String.valueOf(tests.get(named.group(1)));
        if (!source.contains(" " + named.group(2) + "(")) {
          missing.add(named.group());
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(rows).hasSize(last).isSorted().doesNotHaveDuplicates().endsWith(last);
  }
}
