package dev.ponder.gateway.wire;

import dev.ponder.classify.PromptText;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a request in one pass over its bytes: checks that it is JSON, remembers where every
 * top-level member lies, keeps the scalars that routing needs, and feeds the messages' text to the
 * classifier's windows as it goes by.
 *
 * <p>Only what the gateway itself relies on is checked for its type; everything else is the
 * upstream's business. A top-level member given twice is refused, however it is spelt, since the
 * gateway and the upstream might each believe another one.
 *
 * <p>Reusable, one per event loop; not safe for use by two threads.
 */
public final class JsonScan {

  /** The most answers that one request may ask for. */
  static final int CHOICES_MAX = 128;

  /** The most top-level members, several times what the longest known request has. */
  static final int MEMBERS_MAX = 256;

  /** The longest top-level name in UTF-16 units. */
  static final int NAME_MAX = 256;

  /** The largest cap on output tokens that makes sense to anyone. */
  static final long CAP_MAX = Integer.MAX_VALUE;

  /** Ints per member: comma, name's start and end, value's start and end. */
  static final int PLACES = 5;

  /** The longest {@code model}, {@code reasoning_effort} or the like in UTF-16 units. */
  static final int TEXT_MAX = ScalarReader.TEXT_MAX;

  private static final KnownNames NAMES =
      new KnownNames(
          "model",
          "messages",
          "prompt",
          "input",
          "suffix",
          "echo",
          "encoding_format",
          "dimensions",
          "system",
          "thinking",
          "output_config",
          "instructions",
          "max_output_tokens",
          "reasoning",
          "text",
          "include",
          "truncation",
          "background",
          "previous_response_id",
          "conversation",
          "stop_sequences",
          "stream",
          "stream_options",
          "max_tokens",
          "max_completion_tokens",
          "n",
          "best_of",
          "reasoning_effort",
          "tools",
          "tool_choice",
          "parallel_tool_calls",
          "functions",
          "function_call",
          "response_format",
          "temperature",
          "top_p",
          "top_k",
          "seed",
          "stop",
          "user",
          "store",
          "metadata",
          "logprobs",
          "top_logprobs",
          "logit_bias",
          "presence_penalty",
          "frequency_penalty",
          "service_tier",
          "verbosity",
          "modalities",
          "audio",
          "prediction",
          "web_search_options",
          "prompt_cache_key",
          "safety_identifier");

  private static final String INCLUDE_USAGE = "include_usage";
  private static final String EFFORT = "effort";
  private static final byte[] FORMAT = JsonCursor.ascii("format");
  private static final byte[] TYPE = JsonCursor.ascii("type");
  private static final byte[] JSON_SCHEMA = JsonCursor.ascii("json_schema");
  private static final byte[] JSON_OBJECT = JsonCursor.ascii("json_object");

  private final JsonCursor cursor;
  private final ScalarReader values;
  private final MessageReader messages;
  private final ExtrasReader extras;
  private final TextsReader texts;
  private final BlockReader blocks;
  private final ItemReader items;
  private final List<String> names = new ArrayList<>();
  private final IntList places = new IntList();
  private RequestView.Scalars scalars = new RequestView.Scalars();

  /**
   * @param depthMax how many arrays and objects may be nested, 1 or more
   */
  public JsonScan(int depthMax) {
    this.cursor = new JsonCursor(depthMax);
    this.values = new ScalarReader(cursor);
    this.messages = new MessageReader(cursor);
    this.extras = new ExtrasReader(cursor, values);
    this.texts = new TextsReader(cursor);
    this.blocks = new BlockReader(cursor);
    this.items = new ItemReader(cursor);
  }

  /** Reads a chat completion request. */
  public RequestView scanChat(byte[] body, int length, PromptText text) throws ApiError {
    return scan(Dialect.CHAT, body, length, text);
  }

  /**
   * Reads a request.
   *
   * @param body the bytes, which the view goes on to share
   * @param length how many of them count
   * @param text takes the question's text; reset first
   * @throws ApiError 400, when it is not JSON or a member that the gateway relies on is wrong
   */
  public RequestView scan(Dialect dialect, byte[] body, int length, PromptText text)
      throws ApiError {
    RequestView view = read(dialect, body, length, text);
    String needed = dialect.question();
    if (!view.has(needed) && dialect != Dialect.RESPONSES) { // whose question may lie elsewhere
      String expected = needed.equals("messages") ? "an array of messages" : "what to go by";
      throw JsonFault.wrong(needed, "missing", expected);
    }
    if (dialect == Dialect.MESSAGES && view.maxOutputTokens() < 0) {
      throw JsonFault.wrong("max_tokens", "missing", "an integer of 1.." + CAP_MAX);
    }
    return view;
  }

  /** Reads a request of Anthropic's dialect of which only the tokens matter. */
  public RequestView scanToCount(byte[] body, int length, PromptText text) throws ApiError {
    RequestView view = read(Dialect.MESSAGES, body, length, text);
    if (!view.has("messages")) {
      throw JsonFault.wrong("messages", "missing", "an array of messages");
    }
    return view;
  }

  /** Reads a chat request that need not have messages. */
  RequestView scan(byte[] body, int length, PromptText text) {
    return read(Dialect.CHAT, body, length, text);
  }

  private RequestView read(Dialect dialect, byte[] body, int length, PromptText text) {
    text.reset();
    scalars = new RequestView.Scalars();
    names.clear();
    places.clear();
    cursor.open(body, 0, length);
    try {
      if (!cursor.nextIs('{')) {
        throw cursor.fail(cursor.at(), "an object");
      }
      for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
        String name = name();
        names.add(name);
        places.add(cursor.commaAt());
        places.add(cursor.nameStart());
        places.add(cursor.nameEnd());
        places.add(cursor.at());
        switch (dialect) {
          case CHAT -> chat(name, text);
          case COMPLETIONS -> completion(name, text);
          case EMBEDDINGS -> embeddings(name, text);
          case MESSAGES -> anthropic(name, text);
          case RESPONSES -> response(name, text);
        }
        places.add(cursor.at());
      }
      cursor.end();
      if (!names.contains("model")) {
        throw ApiError.badRequest("model", "you must provide a model parameter");
      }
      scalars.images = text.images();
      scalars.n *= scalars.prompts;
      scalars.bestOf *= scalars.prompts;
      scalars.keepsLong = cursor.keepsLong();
      return new RequestView(dialect, body, length, names, places.toArray(), scalars);
    } finally {
      cursor.close();
      messages.close();
      blocks.close();
      items.close();
    }
  }

  private String name() {
    StringSpan span = cursor.span();
    if (span.units() > NAME_MAX || names.size() == MEMBERS_MAX) {
      throw cursor.fail(
          cursor.nameStart(),
          "at most " + MEMBERS_MAX + " members with names of at most " + NAME_MAX + " characters");
    }
    String known = NAMES.find(span);
    String name = known == null ? span.text() : known;
    if (names.contains(name)) {
      throw JsonFault.wrong(name, "given twice, again at byte " + cursor.nameStart(), "once");
    }
    return name;
  }

  private void embeddings(String name, PromptText text) {
    switch (name) {
      case "model" -> scalars.model = values.text(name, "a string");
      case "service_tier" -> scalars.serviceTier = values.textOrNull(name);
      case "input" -> texts.read(name, text, scalars, false);
      default -> cursor.skipValue();
    }
  }

  /** Each of several prompts is answered as often as {@code n} says. */
  private void completion(String name, PromptText text) {
    switch (name) {
      case "prompt" -> {
        boolean none = values.skippedNull();
        scalars.prompts = none ? 1 : Math.max(1, texts.read(name, text, scalars, true));
      }
      case "max_tokens" -> scalars.maxTokens = values.count(name, 0, CAP_MAX);
      case "messages" -> cursor.skipValue();
      default -> chat(name, text);
    }
  }

  private void response(String name, PromptText text) {
    switch (name) {
      case "model" -> scalars.model = values.text(name, "a string");
      case "stream" -> scalars.stream = values.flag(name);
      case "background" -> scalars.background = values.flag(name);
      case "max_output_tokens" -> scalars.maxTokens = values.count(name, CAP_MAX);
      case "service_tier" -> scalars.serviceTier = values.textOrNull(name);
      case "reasoning" -> extras.inner(name, EFFORT, scalars.effort, this::effort);
      case "tools" -> extras.tools(Dialect.RESPONSES, text, scalars);
      case "instructions" -> items.instructions(text, scalars);
      case "input" -> items.input(text, scalars);
      case "previous_response_id" -> {
        scalars.previous = values.textOrNull(name);
        elsewhere(name, scalars.previous != null);
      }
      case "conversation" -> {
        scalars.conversation = extras.idOf(name);
        elsewhere(name, scalars.conversation != null);
      }
      case "prompt" -> elsewhere(name, values.objectBytes(name) > 0);
      case "text" -> textFormat(text);
      default -> cursor.skipValue();
    }
  }

  /** What is named and not said has more tokens than anybody here can count. */
  private void elsewhere(String name, boolean given) {
    if (given) {
      scalars.files++;
      scalars.elsewhere = name;
    }
  }

  private void textFormat(PromptText text) {
    if (!cursor.nextIs('{')) {
      cursor.skipValue();
      return;
    }
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (cursor.nameIs(FORMAT)) {
        responseFormat(text);
      } else {
        cursor.skipValue();
      }
    }
  }

  private void anthropic(String name, PromptText text) {
    switch (name) {
      case "model" -> scalars.model = values.text(name, "a string");
      case "stream" -> scalars.stream = values.flag(name);
      case "max_tokens" -> scalars.maxTokens = values.count(name, CAP_MAX);
      case "service_tier" -> scalars.serviceTier = values.textOrNull(name);
      case "thinking" -> extras.thinking(scalars);
      case "output_config" -> extras.inner("output_config", EFFORT, scalars.effort, this::effort);
      case "tools" -> extras.tools(Dialect.MESSAGES, text, scalars);
      case "tool_choice" -> extras.choice(scalars);
      case "system" -> blocks.system(text, scalars);
      case "messages" -> blocks.messages(text, scalars);
      default -> cursor.skipValue();
    }
  }

  private void chat(String name, PromptText text) {
    switch (name) {
      case "model" -> scalars.model = values.text(name, "a string");
      case "stream" -> scalars.stream = values.flag(name);
      case "stream_options" ->
          extras.inner("stream_options", INCLUDE_USAGE, scalars.options, this::includeUsage);
      case "max_tokens" -> scalars.maxTokens = values.count(name, CAP_MAX);
      case "max_completion_tokens" -> scalars.maxCompletionTokens = values.count(name, CAP_MAX);
      case "n" -> scalars.n = (int) Math.max(1, values.count(name, CHOICES_MAX));
      case "best_of" -> scalars.bestOf = (int) Math.max(1, values.count(name, CHOICES_MAX));
      case "reasoning_effort" -> scalars.reasoningEffort = values.textOrNull(name);
      case "reasoning" -> reasoning(name);
      case "service_tier" -> scalars.serviceTier = values.textOrNull(name);
      case "modalities" -> extras.modalities(scalars);
      case "audio" -> scalars.audioOut |= values.objectBytes(name) > 0;
      case "prediction" -> scalars.predictionBytes = values.objectBytes(name);
      case "web_search_options" -> scalars.webSearch = values.objectBytes(name) > 0;
      case "tools" -> extras.tools(Dialect.CHAT, text, scalars);
      case "functions" -> functions(text);
      case "response_format" -> responseFormat(text);
      case "messages" -> messages.read(text, scalars);
      default -> cursor.skipValue();
    }
  }

  private void includeUsage(String param) {
    scalars.includeUsage = values.flag(param);
  }

  /** As clients of OpenRouter say it; elsewhere it may be anything. */
  private void reasoning(String name) {
    if (cursor.nextIs('{') && scalars.reasoningEffort == null) {
      extras.inner(name, EFFORT, scalars.effort, this::effort);
    } else {
      cursor.skipValue();
    }
  }

  private void effort(String param) {
    scalars.reasoningEffort = values.textOrNull(param);
  }

  private void functions(PromptText text) {
    int start = cursor.at();
    if (!cursor.nextIs('[')) {
      cursor.skipValue();
      return;
    }
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      cursor.skipValue();
      text.addTool();
      scalars.tools = true;
    }
    text.addUnreadChars(cursor.at() - start);
  }

  private void responseFormat(PromptText text) {
    int start = cursor.at();
    if (!cursor.nextIs('{')) {
      cursor.skipValue();
      return;
    }
    boolean structured = false;
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (cursor.nameIs(TYPE) && cursor.nextIs('"')) {
        cursor.string();
        StringSpan type = cursor.span();
        structured = type.matches(JSON_SCHEMA) || type.matches(JSON_OBJECT);
      } else {
        cursor.skipValue();
      }
    }
    if (structured) {
      text.setStructuredOutput();
      text.addUnreadChars(cursor.at() - start);
    }
  }
}
