package dev.ponder.gateway.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a chat as Anthropic wants them: what instructs in {@code system}, wherever it
 * stood; results of tools as blocks of one user turn, followed by what the user says next; no turn
 * that is empty.
 */
final class MessagesTurns {

  private final List<@Nullable Object> system = new ArrayList<>();
  private final List<@Nullable Object> turns = new ArrayList<>();

  /** The results of tools that belong to the turn being built. */
  private @Nullable List<@Nullable Object> results;

  private boolean instructedOnce;
  private @Nullable String onlyInstruction;

  /** Whether the last turn is the assistant's. */
  private boolean prefilled;

  /** Whether the last assistant's turn calls tools and has no thought that may be sent. */
  private boolean thoughtlessCall;

  MessagesTurns(Place messages) {
    if (!messages.isThere()) {
      throw messages.wrong("an array of messages");
    }
    for (Place message : messages.elements()) {
      add(message);
    }
    if (turns.isEmpty()) {
      throw messages.wrong("at least one message of the user's that is not empty");
    }
  }

  /** A text if there is one instruction that was one, blocks if there are more; or null. */
  @Nullable Object system() {
    if (onlyInstruction != null) {
      return onlyInstruction;
    }
    return system.isEmpty() ? null : system;
  }

  List<@Nullable Object> turns() {
    return turns;
  }

  /** Adds an instruction of the gateway's own. */
  void instruct(String text) {
    onlyInstruction = null;
    system.add(JsonTree.object("type", "text", "text", text));
  }

  /**
   * Whether the conversation is in the middle of a call whose thoughts the client did not keep.
   * With a thinking budget Anthropic refuses to go on from there.
   */
  boolean inThoughtlessCall() {
    return thoughtlessCall && results != null;
  }

  /** Whether the last turn is the assistant's, whose answer goes on from there. */
  boolean endInAnswer() {
    return prefilled;
  }

  private void add(Place message) {
    Place role = message.get("role");
    switch (role.text()) {
      case "system", "developer" -> addInstruction(message.get("content"));
      case "user" -> addUser(message.get("content"));
      case "assistant" -> addAssistant(message);
      case "tool" -> addResult(message);
      default -> throw role.wrong("system, developer, user, assistant or tool");
    }
  }

  private void addInstruction(Place content) {
    List<@Nullable Object> blocks = MessagesBlocks.of(content);
    onlyInstruction =
        content.isText() && !instructedOnce && !blocks.isEmpty() ? content.text() : null;
    instructedOnce |= !blocks.isEmpty();
    system.addAll(blocks);
  }

  private void addUser(Place content) {
    if (!content.isThere()) {
      throw content.wrong("text or an array of parts");
    }
    List<@Nullable Object> blocks = MessagesBlocks.of(content);
    if (blocks.isEmpty()) {
      return;
    }
    if (results != null) {
      results.addAll(blocks);
      results = null;
    } else {
      turn("user", content.isText() ? content.text() : blocks);
    }
    thoughtlessCall = false;
  }

  private void addAssistant(Place message) {
    Place legacy = message.get("function_call");
    if (legacy.isThere()) {
      throw legacy.unknownThere("Anthropic's Messages API", "tool_calls");
    }
    results = null;
    List<@Nullable Object> blocks = Thoughts.blocks(message);
    boolean thought = !blocks.isEmpty();
    Place content = message.get("content");
    List<@Nullable Object> said = MessagesBlocks.of(content);
    blocks.addAll(said);
    if (said.isEmpty()) {
      blocks.addAll(MessagesBlocks.of(message.get("refusal")));
    }
    List<Place> calls = message.get("tool_calls").elements();
    for (Place call : calls) {
      blocks.add(toolUse(call));
    }
    thoughtlessCall = !calls.isEmpty() && !thought;
    if (!blocks.isEmpty()) {
      boolean plain = content.isText() && blocks.size() == said.size();
      turn("assistant", plain ? content.text() : blocks);
    }
  }

  private static Map<String, @Nullable Object> toolUse(Place call) {
    String type = call.get("type").textOrNull();
    Place function = call.get("function");
    if (type != null && !type.equals("function")) {
      throw call.get("type").unknownThere("Anthropic's Messages API", "function");
    }
    String arguments = function.get("arguments").textOrNull();
    return JsonTree.object(
        "type",
        "tool_use",
        "id",
        ToolIds.forMessages(call.get("id").text()),
        "name",
        function.get("name").text(),
        "input",
        ToolInput.forMessages(arguments == null ? "" : arguments));
  }

  private void addResult(Place message) {
    Place content = message.get("content");
    Object said = content.isText() ? content.text() : MessagesBlocks.of(content);
    Map<String, @Nullable Object> block =
        JsonTree.object(
            "type",
            "tool_result",
            "tool_use_id",
            ToolIds.forMessages(message.get("tool_call_id").text()),
            "content",
            said);
    if (message.get("is_error").flag()) {
      block.put("is_error", true);
    }
    if (results == null) {
      results = new ArrayList<>();
      turn("user", results);
    }
    results.add(block);
  }

  private void turn(String role, Object content) {
    prefilled = role.equals("assistant");
    turns.add(JsonTree.object("role", role, "content", content));
  }
}
