package dev.ponder.gateway.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Blocks of a Messages turn as parts of a chat message. */
final class ChatParts {

  private static final String API = "chat completions";

  private ChatParts() {}

  /** The parts of what a user shows: text, images, documents, results of a search. */
  static List<@Nullable Object> of(Place block) {
    Place type = block.get("type");
    return switch (type.text()) {
      case "text" -> List.of(text(block.get("text").text()));
      case "image" -> List.of(image(block.get("source")));
      case "document" -> document(block);
      case "search_result" -> List.of(text(searchResult(block)));
      default -> throw type.unknownThere(API, "text, image, document or search_result");
    };
  }

  static Map<String, @Nullable Object> text(String text) {
    return JsonTree.object("type", "text", "text", text);
  }

  /** The texts of a content that is text or blocks, which may be nothing but text. */
  static List<String> texts(Place content) {
    if (content.isText()) {
      return List.of(content.text());
    }
    List<String> texts = new ArrayList<>();
    for (Place block : content.elements()) {
      if (!"text".equals(block.get("type").text())) {
        throw block.get("type").wrong("text");
      }
      texts.add(block.get("text").text());
    }
    return texts;
  }

  private static Map<String, @Nullable Object> image(Place source) {
    Place type = source.get("type");
    String url =
        switch (type.text()) {
          case "url" -> source.get("url").text();
          case "base64" -> dataUrl(source);
          default -> throw type.unknownThere(API, "base64 or url");
        };
    return JsonTree.object("type", "image_url", "image_url", JsonTree.object("url", url));
  }

  private static String dataUrl(Place source) {
    return "data:" + source.get("media_type").text() + ";base64," + source.get("data").text();
  }

  private static List<@Nullable Object> document(Place block) {
    Place source = block.get("source");
    Place type = source.get("type");
    String title = block.get("title").textOrNull();
    return switch (type.text()) {
      case "base64" -> List.of(file(title == null ? "document.pdf" : title, dataUrl(source)));
      case "text" -> {
        String data = source.get("data").text();
        yield List.of(text(title == null ? data : title + "\n\n" + data));
      }
      case "content" -> content(source.get("content"));
      default -> throw type.unknownThere(API, "base64, text or content");
    };
  }

  private static Map<String, @Nullable Object> file(String name, String dataUrl) {
    return JsonTree.object(
        "type", "file", "file", JsonTree.object("filename", name, "file_data", dataUrl));
  }

  private static List<@Nullable Object> content(Place content) {
    if (content.isText()) {
      return List.of(text(content.text()));
    }
    List<@Nullable Object> parts = new ArrayList<>();
    for (Place block : content.elements()) {
      parts.addAll(of(block));
    }
    return parts;
  }

  private static String searchResult(Place block) {
    return block.get("title").text()
        + "\n"
        + block.get("source").text()
        + "\n"
        + String.join("\n", texts(block.get("content")));
  }
}
