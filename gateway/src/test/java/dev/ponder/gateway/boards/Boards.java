package dev.ponder.gateway.boards;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All boards, and the program that writes them into {@code dashboards/}. */
final class Boards {

  private Boards() {}

  static List<Board> all() {
    return List.of(
        OverviewBoard.board(),
        BudgetsBoard.board(),
        RoutingBoard.board(),
        UpstreamsBoard.board(),
        InternalsBoard.board());
  }

  /** The text of each file, by its name. */
  static Map<String, String> files() {
    Map<String, String> files = new LinkedHashMap<>();
    for (Board board : all()) {
      files.put(board.uid().replaceFirst("^ponder-", "") + ".json", BoardJson.of(board));
    }
    return files;
  }

  /** Where the boards lie, seen from the root of the repository or a module of it. */
  static Path folder() {
    Path here = Path.of("dashboards");
    return Files.isDirectory(here) ? here : Path.of("..").resolve(here);
  }

  /** Writes all boards; {@code dashboards/README.md} says how to call it. */
  public static void main(String[] args) throws IOException {
    Path folder = args.length > 0 ? Path.of(args[0]) : folder();
    for (Map.Entry<String, String> file : files().entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue());
    }
  }
}
