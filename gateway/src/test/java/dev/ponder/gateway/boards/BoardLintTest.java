package dev.ponder.gateway.boards;

import static dev.ponder.gateway.boards.BoardFiles.objects;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.gateway.boards.BoardFiles.BoardFile;
import dev.ponder.gateway.boards.PromQl.Selector;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The rules of Grafana's dashboard linter, and a few more, on the files as they are committed. */
class BoardLintTest {

  private static final int COLUMNS = 24;
  private static final Set<String> UNITS =
      Set.of(
          "reqps", "cps", "s", "percentunit", "currencyUSD", "short", "bytes", "dateTimeFromNow");
  private static final Pattern RANGE =
      Pattern.compile("\\b(rate|irate|increase|changes|delta)\\([^\\[]*\\[([^]]+)]");
  private static final Pattern COUNTER = Pattern.compile("_(total|bucket|sum|count)$");

  /**
   * A selector of a counter that stands in no rate: its value counts from the start of the process.
   * ponder_label_overflow_total is shown so on purpose: it grows at a start, before any scrape.
   */
  private static final Set<String> COUNTERS_SHOWN_AS_THEY_ARE =
      Set.of("ponder_label_overflow_total");

  private static final List<BoardFile> BOARDS = BoardFiles.read();

  @Test
  void boards_areFive() {
    assertThat(BOARDS).extracting(BoardFile::name).hasSize(5).doesNotHaveDuplicates();
    assertThat(BOARDS.stream().mapToInt(board -> board.panels().size()).sum()).isGreaterThan(60);
  }

  @Test
  void boards_areFixed() {
    for (BoardFile board : BOARDS) {
      JsonObject json = board.json();
      assertThat(json.getString("uid"))
          .isEqualTo("ponder-" + board.name().replaceFirst("\\.json$", ""));
      assertThat(json.containsKey("id")).isTrue();
      assertThat(json.getValue("id")).isNull();
      assertThat(json.getBoolean("editable")).isFalse();
      assertThat(json.getJsonArray("tags")).contains("ponder");
      assertThat(json.getString("title")).startsWith("Ponder / ");
      assertThat(json.getInteger("graphTooltip")).isEqualTo(1);
    }
    assertThat(BOARDS.stream().map(board -> board.json().getString("title")))
        .doesNotHaveDuplicates();
  }

  @Test
  void variables_followTheLinter() {
    for (BoardFile board : BOARDS) {
      List<JsonObject> sources =
          board.variables().stream()
              .filter(variable -> "datasource".equals(variable.getString("type")))
              .toList();
      assertThat(sources).hasSize(1);
      assertThat(sources.get(0).getString("name")).isEqualTo("datasource");
      assertThat(sources.get(0).getString("label")).isEqualTo("Data source");
      List<JsonObject> choices =
          board.variables().stream()
              .filter(variable -> !"datasource".equals(variable.getString("type")))
              .toList();
      assertThat(choices)
          .extracting(variable -> variable.getString("name"))
          .startsWith("job", "instance")
          .doesNotHaveDuplicates();
      assertThat(choices)
          .allSatisfy(
              choice -> {
                assertThat(choice.getString("type")).isEqualTo("query");
                assertThat(choice.getString("label")).isNotBlank();
                assertThat(choice.getBoolean("multi")).isTrue();
                assertThat(choice.getBoolean("includeAll")).isTrue();
                assertThat(choice.getString("allValue")).isEqualTo(".+");
                assertThat(choice.getInteger("refresh")).isEqualTo(2);
                assertThat(choice.getString("definition")).startsWith("label_values(ponder_");
                assertOurSource(choice);
              });
    }
  }

  @Test
  void panels_sayWhatTheyShow() {
    for (BoardFile board : BOARDS) {
      assertThat(board.panels().stream().map(panel -> panel.getString("title")))
          .doesNotHaveDuplicates();
      for (JsonObject panel : board.panels()) {
        assertThat(panel.getString("title")).isNotBlank();
        assertThat(panel.getString("description")).as(place(board, panel)).endsWith(".");
        assertThat(unit(panel)).as(place(board, panel)).isIn(UNITS);
        assertOurSource(panel);
        List<JsonObject> targets = objects(panel.getJsonArray("targets"));
        assertThat(targets).as(place(board, panel)).isNotEmpty();
        assertThat(targets.stream().map(target -> target.getString("refId")))
            .doesNotHaveDuplicates();
        assertThat(targets)
            .allSatisfy(
                target -> {
                  assertOurSource(target);
                  assertThat(target.getString("legendFormat")).isNotBlank();
                });
      }
    }
  }

  @Test
  void panels_haveIdsAndPlacesOfTheirOwn() {
    for (BoardFile board : BOARDS) {
      assertThat(board.withRows().stream().map(panel -> panel.getInteger("id")))
          .doesNotHaveDuplicates()
          .doesNotContainNull();
      assertNoOverlap(board, objects(board.json().getJsonArray("panels")));
      for (JsonObject row : board.withRows()) {
        assertNoOverlap(board, objects(row.getJsonArray("panels", new JsonArray())));
      }
    }
  }

  @Test
  void ranges_followTheScrapeInterval() {
    for (BoardFile board : BOARDS) {
      for (String expression : board.expressions()) {
        assertThat(RANGE.matcher(expression).results())
            .as(expression)
            .allSatisfy(hit -> assertThat(hit.group(2)).isIn("$__rate_interval", "$__range"));
      }
    }
  }

  @Test
  void selectors_areNarrowedDown() {
    for (BoardFile board : BOARDS) {
      List<String> expressions = new ArrayList<>(board.expressions());
      board.annotations().forEach(annotation -> expressions.add(annotation.getString("expr")));
      for (String expression : expressions) {
        for (Selector selector : PromQl.selectors(expression)) {
          assertThat(selector.labels()).as(expression).contains("job");
          if (!selector.recorded()) { // recorded series are sums over all instances
            assertThat(selector.labels()).as(expression).contains("instance");
          }
        }
      }
    }
  }

  @Test
  void counters_areShownAsRates() {
    for (BoardFile board : BOARDS) {
      for (String expression : board.expressions()) {
        String rest = RANGE.matcher(expression).replaceAll("");
        for (Selector selector : PromQl.selectors(rest)) {
          assertThat(selector.metric())
              .as(expression)
              .satisfiesAnyOf(
                  metric -> assertThat(metric).doesNotMatch(".*" + COUNTER.pattern()),
                  metric -> assertThat(metric).isIn(COUNTERS_SHOWN_AS_THEY_ARE));
        }
      }
    }
  }

  private static void assertNoOverlap(BoardFile board, List<JsonObject> panels) {
    Set<Integer> taken = new HashSet<>();
    BitSet rows = new BitSet();
    for (JsonObject panel : panels) {
      JsonObject at = panel.getJsonObject("gridPos");
      int right = at.getInteger("x") + at.getInteger("w");
      assertThat(right).as(place(board, panel)).isLessThanOrEqualTo(COLUMNS);
      assertThat(at.getInteger("w")).isPositive();
      for (int y = at.getInteger("y"); y < at.getInteger("y") + at.getInteger("h"); y++) {
        rows.set(y);
        for (int x = at.getInteger("x"); x < right; x++) {
          assertThat(taken.add(y * COLUMNS + x)).as(place(board, panel) + " overlaps").isTrue();
        }
      }
    }
    assertThat(taken).as(board.name() + ": no holes").hasSize(rows.cardinality() * COLUMNS);
  }

  private static String unit(JsonObject panel) {
    return panel.getJsonObject("fieldConfig").getJsonObject("defaults").getString("unit");
  }

  private static void assertOurSource(JsonObject holder) {
    JsonObject source = holder.getJsonObject("datasource");
    assertThat(source.getString("type")).isEqualTo("prometheus");
    assertThat(source.getString("uid")).isEqualTo("${datasource}");
  }

  private static String place(BoardFile board, JsonObject panel) {
    return board.name() + ": " + panel.getString("title");
  }
}
