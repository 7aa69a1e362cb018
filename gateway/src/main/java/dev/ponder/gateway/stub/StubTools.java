package dev.ponder.gateway.stub;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which tool a request wants called and which schema it wants satisfied, however its dialect writes
 * that down.
 */
final class StubTools {

  private final byte @Nullable [] tools;
  private final byte @Nullable [] choice;
  private final byte @Nullable [] format;

  /**
   * Takes the bytes of three members, each null where it is missing.
   *
   * @param tools {@code tools}
   * @param choice {@code tool_choice}
   * @param format {@code response_format}, {@code text} or {@code output_config}
   */
  StubTools(byte @Nullable [] tools, byte @Nullable [] choice, byte @Nullable [] format) {
    this.tools = tools;
    this.choice = choice;
    this.format = format;
  }

  /** A tool by its name, and the schema of its arguments. */
  record Tool(String name, JsonObject schema) {}

  /** The tool to call, if tools are given and the caller or the prompt asks for one. */
  @Nullable Tool called(StubPrompt prompt) {
    if (tools == null || tools[0] != '[') {
      return null;
    }
    String wanted = null;
    String kind = choice == null ? "auto" : new String(choice, UTF_8).replace("\"", "");
    if (choice != null && choice[0] == '{') {
      JsonObject chosen = new JsonObject(Buffer.buffer(choice));
      kind = chosen.getString("type", "auto");
      wanted = chosen.getJsonObject("function", chosen).getString("name");
    }
    if (kind.equals("none")) {
      return null;
    }
    boolean forced = wanted != null || kind.equals("required") || kind.equals("any");
    boolean asked = prompt.lastUserText().toLowerCase(Locale.ROOT).contains("call the tool");
    if (!forced && (!asked || prompt.toolAnswered())) {
      return null;
    }
    for (Object each : new JsonArray(Buffer.buffer(tools))) {
      if (each instanceof JsonObject object) {
        JsonObject tool = object.getJsonObject("function", object);
        String name = tool.getString("name", "");
        boolean callable = object.containsKey("function") || !name.isEmpty(); // not a hosted one
        if (wanted == null ? callable : wanted.equals(name)) {
          return new Tool(name, schema(tool));
        }
      }
    }
    return null;
  }

  private static JsonObject schema(JsonObject tool) {
    JsonObject anthropic = tool.getJsonObject("input_schema", new JsonObject());
    return tool.getJsonObject("parameters", anthropic);
  }

  /** The schema that the answer has to satisfy; empty for any JSON object, null for plain text. */
  @Nullable JsonObject answerSchema() {
    if (format == null || format[0] != '{') {
      return null;
    }
    JsonObject outer = new JsonObject(Buffer.buffer(format));
    JsonObject inner = outer.getJsonObject("format", outer);
    return switch (inner.getString("type", "text")) {
      case "json_schema" ->
          inner.getJsonObject("json_schema", inner).getJsonObject("schema", new JsonObject());
      case "json_object" -> new JsonObject().put("type", "object");
      default -> null;
    };
  }
}
