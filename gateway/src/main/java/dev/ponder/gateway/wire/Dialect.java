package dev.ponder.gateway.wire;

import dev.ponder.policy.Upstream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An API that calls models: where it is asked, and what its requests, answers and errors look like.
 * What one of them does otherwise than the others is said here, or in the class that is named here.
 */
public enum Dialect {
  /** OpenAI's chat completions. */
  CHAT("/chat/completions", "chat"),

  /** OpenAI's older completions: a text goes on. */
  COMPLETIONS("/completions", "text_completion"),

  /** OpenAI's embeddings: texts become vectors. */
  EMBEDDINGS("/embeddings", "embeddings"),

  /** OpenAI's Responses. */
  RESPONSES("/responses", "responses"),

  /** Anthropic's Messages. */
  MESSAGES("/messages", "messages");

  /** Those that have OpenAI's APIs. */
  private static final Set<Upstream.Provider> OPENAI =
      EnumSet.of(Upstream.Provider.OPENAI, Upstream.Provider.AZURE_OPENAI);

  private static final Set<Upstream.Provider> ALL = EnumSet.allOf(Upstream.Provider.class);

  /** Anthropic's own tools that the caller runs; a date follows. */
  private static final List<String> ANTHROPIC_TOOLS =
      List.of("bash_", "text_editor_", "computer_", "memory_");

  private static final List<String> OPENAI_TOOLS =
      List.of("local_shell", "apply_patch", "computer");

  private static final Map<String, Dialect> BY_PATH =
      Arrays.stream(values()).collect(Collectors.toMap(d -> "/v1" + d.path, d -> d));

  private final String path;
  private final String operation;

  Dialect(String path, String operation) {
    this.path = path;
    this.operation = operation;
  }

  /** The dialect that is asked at this path of the API, such as {@code /v1/embeddings}, or null. */
  public static @Nullable Dialect at(String path) {
    return BY_PATH.get(path);
  }

  /** The dialect of this name, such as {@code messages}, or null. */
  public static @Nullable Dialect named(String name) {
    for (Dialect dialect : values()) {
      if (dialect.name().toLowerCase(Locale.ROOT).equals(name)) {
        return dialect;
      }
    }
    return null;
  }

  /** The names of all dialects, for people. */
  public static String names() {
    return Arrays.stream(values())
        .map(dialect -> dialect.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }

  /** The dialect in which a path's errors are told: those below Anthropic's are in Anthropic's. */
  public static Dialect ofErrors(String path) {
    return path.startsWith("/v1/messages/") || path.equals("/v1/messages") ? MESSAGES : CHAT;
  }

  /** Its path below {@code /v1}. */
  public String path() {
    return path;
  }

  /** What metrics and logs call it: the names of OpenTelemetry's conventions. */
  public String operation() {
    return operation;
  }

  /**
   * The providers whose models answer it: those that have this API, and those that a chat or a
   * message is translated for.
   */
  public Set<Upstream.Provider> providers() {
    return this == MESSAGES || this == CHAT ? ALL : OPENAI;
  }

  /**
   * The dialect in which a provider is asked what a client asks in this one: the same, but for a
   * chat that goes to Anthropic and a message that goes elsewhere.
   */
  public Dialect at(Upstream.Provider provider) {
    if (!providers().contains(provider)) {
      throw new IllegalArgumentException(
          "provider: " + provider + " (expected: " + providers() + ")");
    }
    boolean anthropic = provider == Upstream.Provider.ANTHROPIC;
    if (this == CHAT && anthropic) {
      return MESSAGES;
    }
    return this == MESSAGES && !anthropic ? CHAT : this;
  }

  /** Whether a model writes an answer, which then has tokens, a limit and a price. */
  public boolean writes() {
    return this != EMBEDDINGS;
  }

  /**
   * Whether requests are weighed where a route has several tiers. The vectors of two models have
   * nothing to do with each other, so those of a route always come from its first tier.
   */
  public boolean scored() {
    return this != EMBEDDINGS;
  }

  /** Whether a request can say how hard a model is to think. */
  public boolean takesEffort() {
    return this == CHAT || this == RESPONSES || this == MESSAGES;
  }

  /**
   * Whether a stream tells its usage only when {@code stream_options.include_usage} asks for it.
   */
  public boolean usageOnRequest() {
    return this == CHAT || this == COMPLETIONS;
  }

  /** The member that a request has to have beside {@code model}: that which holds the question. */
  public String question() {
    return switch (this) {
      case CHAT, MESSAGES -> "messages";
      case COMPLETIONS -> "prompt";
      case EMBEDDINGS, RESPONSES -> "input";
    };
  }

  /** Whether a tool of this type runs at the caller's, though its name is the provider's. */
  boolean runsElsewhere(StringSpan type) {
    List<String> own = this == MESSAGES ? ANTHROPIC_TOOLS : OPENAI_TOOLS;
    if ((this != MESSAGES && this != RESPONSES) || type.units() > ScalarReader.TEXT_MAX) {
      return false;
    }
    String name = type.text();
    return own.stream().anyMatch(name::startsWith);
  }

  /** The {@code service_tier} of list prices. */
  public String ordinaryTier() {
    return this == MESSAGES ? "standard_only" : "default";
  }

  /** Whether a stream tells its usage bit by bit, each number as it stands then. */
  public boolean usageInParts() {
    return this == MESSAGES;
  }

  /** What reads its answers. */
  AnswerShape shape(AnswerSeen seen) {
    return switch (this) {
      case RESPONSES -> new ResponsesShape(seen);
      case MESSAGES -> new MessagesShape(seen);
      default -> new ChatShape(seen);
    };
  }

  /**
   * The body of an answer that is a refusal, in UTF-8 and without a line break.
   *
   * @param requestId for the dialects that say it in the body; null if there is none
   */
  public byte[] body(ApiError error, @Nullable String requestId) {
    return this == MESSAGES ? error.toAnthropicJson(requestId) : error.toJson();
  }

  /**
   * The longest event, in bytes, that is looked at: the Responses API repeats all of an answer in
   * its last one, which alone says what it cost.
   */
  public int eventBytesMax() {
    return this == RESPONSES ? 4 * 1024 * 1024 : 64 * 1024;
  }

  /** Whether errors of streams have the members of plain ones, so that they can be passed on. */
  public boolean passesErrorsOn() {
    return this != RESPONSES;
  }

  /**
   * The event by which a stream that has begun ends as a failure.
   *
   * @param sequence the number of the event, where events have one
   * @param requestId for the dialects that say it in the event; null if there is none
   */
  public byte[] event(ApiError error, long sequence, @Nullable String requestId) {
    return event(this == RESPONSES ? error.toEventJson(sequence) : body(error, requestId));
  }

  /** An error event around an error's own JSON, which must be one line. */
  public byte[] event(byte[] json) {
    byte[] start = "event: error\ndata: ".getBytes(StandardCharsets.US_ASCII);
    byte[] event = new byte[start.length + json.length + 2];
    System.arraycopy(start, 0, event, 0, start.length);
    System.arraycopy(json, 0, event, start.length, json.length);
    event[event.length - 2] = '\n';
    event[event.length - 1] = '\n';
    return event;
  }
}
