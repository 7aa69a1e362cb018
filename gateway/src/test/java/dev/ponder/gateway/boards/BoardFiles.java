package dev.ponder.gateway.boards;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The boards as they stand in {@code dashboards/}, whoever wrote them. */
final class BoardFiles {

  private BoardFiles() {}

  /**
   * A board's file.
   *
   * @param name its name
   * @param json what is in it
   */
  record BoardFile(String name, JsonObject json) {

    /** All panels but rows, those inside of collapsed rows included. */
    List<JsonObject> panels() {
      return withRows().stream().filter(panel -> !"row".equals(panel.getString("type"))).toList();
    }

    List<JsonObject> withRows() {
      List<JsonObject> all = new ArrayList<>();
      for (JsonObject panel : objects(json.getJsonArray("panels"))) {
        all.add(panel);
        all.addAll(objects(panel.getJsonArray("panels", new JsonArray())));
      }
      return all;
    }

    /** All queries of panels. */
    List<String> expressions() {
      return panels().stream()
          .flatMap(panel -> objects(panel.getJsonArray("targets")).stream())
          .map(target -> target.getString("expr"))
          .toList();
    }

    List<JsonObject> variables() {
      return objects(json.getJsonObject("templating").getJsonArray("list"));
    }

    List<JsonObject> annotations() {
      return objects(json.getJsonObject("annotations").getJsonArray("list"));
    }
  }

  static List<BoardFile> read() {
    try (Stream<Path> files = Files.list(Boards.folder())) {
      List<BoardFile> boards = new ArrayList<>();
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        boards.add(
            new BoardFile(
                String.valueOf(file.getFileName()), new JsonObject(Files.readString(file))));
      }
      return boards;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<JsonObject> objects(JsonArray array) {
    return array.stream().map(JsonObject.class::cast).toList();
  }
}
