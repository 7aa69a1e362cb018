package dev.ponder.gateway.boards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BoardsTest {

  /** With {@code -Dponder.boards=write} the files are written anew before. */
  @Test
  void files_areWhatTheBuilderWrites() throws IOException {
    if ("write".equals(System.getProperty("ponder.boards"))) {
      Boards.main(new String[0]);
    }
    try (Stream<Path> committed = Files.list(Boards.folder())) {
      assertThat(committed.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".json")))
          .containsExactlyInAnyOrderElementsOf(Boards.files().keySet());
    }
    for (String file : Boards.files().keySet()) {
      assertThat(Boards.folder().resolve(file))
          .as("%s (how to write it anew: dashboards/README.md)", file)
          .hasContent(Boards.files().get(file));
    }
  }

  @Test
  void scoped_narrowsEverySelectorDown() {
    assertThat(PromQl.scoped("sum by (le) (rate(ponder_a_bucket{tier=\"lrm\"}[5m])) / up"))
        .isEqualTo(
            "sum by (le) (rate(ponder_a_bucket{job=~\"$job\",instance=~\"$instance\",tier=\"lrm\"}"
                + "[5m])) / up{job=~\"$job\",instance=~\"$instance\"}");
    assertThat(PromQl.scoped("budget:ponder_used:ratio")).endsWith("{job=~\"$job\"}");
  }

  @Test
  void selectors_areSeenWithTheirLabels() {
    String query =
        "sum by (ponder_x, a) (ponder_b{c=\"x\",d!~\"ponder_y\"}) / on (e) job:ponder_f:sum";
    assertThat(PromQl.selectors(query))
        .containsExactly(
            new PromQl.Selector("ponder_b", Set.of("c", "d")),
            new PromQl.Selector("job:ponder_f:sum", Set.of()));
    assertThat(PromQl.groupings(query)).containsExactly("a", "e", "ponder_x");
  }

  @Test
  void panels_flowToTheNextLineWhereARowIsFull() {
    Panel half = Panel.lines("a", Unit.COUNT, "b").query("c", "up");
    Board board = new Board("u", "t", "d", List.of(), List.of(Board.Row.of("r", half, half, half)));
    assertThat(BoardJson.of(board)).contains("\"x\": 12,\n        \"y\": 1", "\"y\": 9");
  }

  @Test
  void text_withControlCharacters_isRefused() {
    assertThatThrownBy(() -> Json.text(Json.object("a", "line\nbreak")))
        .hasMessageContaining("expected: no control character");
  }
}
