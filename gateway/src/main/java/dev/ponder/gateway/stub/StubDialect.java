package dev.ponder.gateway.stub;

import java.util.Optional;

/** One of the languages that the stub speaks, told by the end of the path. */
enum StubDialect {
  CHAT("/chat/completions", "chatcmpl-"),
  COMPLETIONS("/completions", "cmpl-"),
  RESPONSES("/responses", "resp_"),
  INPUT_TOKENS("/responses/input_tokens", "count_"),
  COMPACTION("/responses/compact", "resp_"),
  MESSAGES("/messages", "msg_"),
  COUNT_TOKENS("/messages/count_tokens", "count_"),
  EMBEDDINGS("/embeddings", "embd-");

  private static final StubDialect[] ALL = values();

  private final String ending;
  private final String idPrefix;

  StubDialect(String ending, String idPrefix) {
    this.ending = ending;
    this.idPrefix = idPrefix;
  }

  /** What a POST to this path speaks. */
  static Optional<StubDialect> of(String path) {
    for (StubDialect dialect : ALL) {
      if (path.endsWith(dialect.ending)) {
        return Optional.of(dialect);
      }
    }
    return Optional.empty();
  }

  /** What every id of it begins with. */
  String idPrefix() {
    return idPrefix;
  }

  /** Whether errors and headers are Anthropic's. */
  boolean isAnthropic() {
    return this == MESSAGES || this == COUNT_TOKENS;
  }

  /** Whether it takes the input of the Responses API. */
  boolean takesItems() {
    return this == RESPONSES || this == INPUT_TOKENS || this == COMPACTION;
  }

  /** Whether it only counts: nothing is generated and nothing billed. */
  boolean onlyCounts() {
    return this == INPUT_TOKENS || this == COUNT_TOKENS;
  }

  /** Whether it can answer with a stream. */
  boolean streams() {
    return this == CHAT || this == COMPLETIONS || this == RESPONSES || this == MESSAGES;
  }
}
