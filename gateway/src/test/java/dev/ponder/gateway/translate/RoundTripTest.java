package dev.ponder.gateway.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What goes to the other dialect and comes back is what it was, but for the documented losses. */
class RoundTripTest {

  private static final int TALKS = 400;
  private static final MessagesTarget CLAUDE = new MessagesTarget("claude-opus-4-5", 64_000, true);
  private static final ChatTarget CHAT =
      new ChatTarget("m", "max_completion_tokens", true, true, Optional.empty());

  @Test
  void chatRequest_survivesMessages() throws IOException {
    for (long seed = 0; seed < TALKS; seed++) {
      Map<String, @Nullable Object> chat = new Talk(seed).chatRequest();
      byte[] there =
          MessagesRequest.ofChat(JsonTree.bytes(chat), 0, JsonTree.bytes(chat).length, CLAUDE);
      byte[] back = ChatRequest.ofMessages(there, 0, there.length, CHAT);
      Map<String, @Nullable Object> expected = chat;
      if (thinksByDefault(chat)) {
        expected.put("reasoning_effort", "medium");
        expected.remove("temperature");
      }
      assertSame("seed " + seed, back, expected);
      assertThat(JsonTree.text(Place.ofBody(back, 0, back.length).get("tools").value()))
          .as("the order of members, seed %s", seed)
          .isEqualTo(JsonTree.text(chat.get("tools")));
    }
  }

  /** Member by member, so that a difference can be found. */
  private static void assertSame(String what, byte[] json, Map<String, @Nullable Object> expected) {
    Map<String, @Nullable Object> actual = Place.ofBody(json, 0, json.length).object();
    expected.forEach(
        (name, value) ->
            assertThat(JsonTree.text(actual.get(name)))
                .as(what + ", " + name)
                .isEqualTo(JsonTree.text(value)));
    assertThat(actual.keySet()).as(what).isEqualTo(expected.keySet());
  }

  /** A reasoning model thinks unless it is told not to, or has to call a tool. */
  private static boolean thinksByDefault(Map<String, @Nullable Object> chat) {
    Place body = Place.of(chat);
    return !chat.containsKey("reasoning_effort")
        && !MessagesTools.forced(MessagesTools.choice(body.get("tool_choice"), Place.of(null)));
  }

  @Test
  void messagesRequest_survivesChat() throws IOException {
    MessagesTarget plain = new MessagesTarget("m", 0, false);
    for (long seed = 0; seed < TALKS; seed++) {
      Map<String, @Nullable Object> messages = new Talk(seed).messagesRequest();
      byte[] json = JsonTree.bytes(messages);
      byte[] there = ChatRequest.ofMessages(json, 0, json.length, CHAT);
      byte[] back = MessagesRequest.ofChat(there, 0, there.length, plain);
      assertSame("seed " + seed, back, messages);
    }
  }

  @Test
  void answer_survivesChat() throws IOException {
    for (long seed = 0; seed < TALKS; seed++) {
      Map<String, @Nullable Object> message = message(new Talk(seed));
      byte[] json = JsonTree.bytes(message);
      byte[] there = ChatAnswer.ofMessages(json, 0, json.length, 1_700_000_000);
      byte[] back = MessagesAnswer.ofChat(there, 0, there.length);
      assertThat(Place.ofBody(back, 0, back.length).value())
          .as("seed %s: %s", seed, JsonTree.text(Place.ofBody(there, 0, there.length).value()))
          .isEqualTo(Place.ofBody(json, 0, json.length).value());
    }
  }

  /** An answer whose usage has all its parts. */
  static Map<String, @Nullable Object> message(Talk talk) {
    List<@Nullable Object> results = new ArrayList<>();
    List<@Nullable Object> blocks = talk.blocks(results);
    Map<String, @Nullable Object> message =
        JsonTree.object(
            "id",
            "msg_1",
            "type",
            "message",
            "role",
            "assistant",
            "model",
            "claude-opus-4-5",
            "content",
            blocks);
    String ended = talk.coin() ? "max_tokens" : "end_turn";
    message.put("stop_reason", results.isEmpty() ? ended : "tool_use");
    message.put("stop_sequence", null);
    message.put(
        "usage",
        JsonTree.object(
            "input_tokens",
            7,
            "cache_creation_input_tokens",
            50,
            "cache_read_input_tokens",
            100,
            "output_tokens",
            1699,
            "output_tokens_details",
            JsonTree.object("thinking_tokens", 139)));
    return message;
  }
}
