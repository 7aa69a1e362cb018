package dev.ponder.gateway.wire;

import dev.ponder.policy.Upstream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
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
  EMBEDDINGS("/embeddings", "embeddings");

  private static final Set<Upstream.Provider> OPENAI = EnumSet.of(Upstream.Provider.OPENAI);

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

  /** Its path below {@code /v1}. */
  public String path() {
    return path;
  }

  /** What metrics and logs call it: the names of OpenTelemetry's conventions. */
  public String operation() {
    return operation;
  }

  /** The providers that have this API. */
  public Set<Upstream.Provider> providers() {
    return OPENAI;
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
    return this == CHAT;
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
      case CHAT -> "messages";
      case COMPLETIONS -> "prompt";
      case EMBEDDINGS -> "input";
    };
  }

  /** The body of an answer that is a refusal, in UTF-8 and without a line break. */
  public byte[] body(ApiError error) {
    return error.toJson();
  }

  /** The event by which a stream that has begun ends as a failure. */
  public byte[] event(ApiError error) {
    return event(body(error));
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
