package dev.ponder.gateway.stub;

import io.vertx.core.json.Json;

/**
 * The bytes of an answer: a chat completion, or its events by number. Written by hand, since under
 * load most of the stub's time would go into a JSON library.
 */
final class ChatJson implements StubEvents {

  private final String head;
  private final Answer answer;
  private final StubScript script;
  private final boolean askedUsage;
  private final boolean escape;
  private final String eol;
  private final String callId;
  private final String shown;
  private final int shownPieces;

  /** Events of a choice before its first call, or its first piece of text. */
  private final int lead;

  /** Pieces of one text, or of one call's arguments. */
  private final int pieces;

  /** Events of one text, or of one call: that begins with an event of its own. */
  private final int perPart;

  private final int perChoice;
  private final int size;
  private final int errorAt;

  ChatJson(String id, long createdSeconds, StubRequest request, Answer answer, StubScript script) {
    this.answer = answer;
    this.script = script;
    askedUsage = request.includeUsage();
    escape = answer.text().indexOf('"') >= 0 || answer.text().indexOf('\\') >= 0;
    callId = "call_" + id;
    eol = script.lineEnd();
    shown = script.has(Knob.SHOW_REASONING) ? answer.shownReasoning() : "";
    shownPieces = Answer.tokens(shown);
    lead = 1 + shownPieces;
    pieces = Answer.tokens(answer.text());
    perPart = pieces + (answer.tool() == null ? 0 : 1);
    perChoice = lead + answer.calls() * perPart + 1;
    int all = perChoice * answer.choices();
    if (script.text(Knob.END, "done").equals("clean")) {
      size = all - 1;
    } else {
      size = all + (hasUsageEvent() ? 1 : 0) + 1;
    }
    Cut error = script.cut(Knob.ERROR_EVENT);
    errorAt = error == null ? Integer.MAX_VALUE : (int) Math.min(size, error.after());
    head =
        "{\"id\":\"chatcmpl-"
            + id
            + "\",\"object\":\"chat.completion"
            + (request.stream() ? ".chunk" : "")
            + "\",\"created\":"
            + createdSeconds
            + ",\"model\":"
            + Json.encode(request.model())
            + ",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_stub\",\"choices\":[";
  }

  /** The body of a plain answer. */
  String plain() {
    StringBuilder out = new StringBuilder(head.length() + answer.text().length() + 600);
    out.append(head);
    for (int i = 0; i < answer.choices(); i++) {
      out.append(i == 0 ? "" : ",").append("{\"index\":").append(i);
      out.append(",\"message\":{\"role\":\"assistant\",");
      if (!shown.isEmpty()) {
        appendShown(out, shown);
        out.append(',');
      }
      out.append("\"content\":");
      if (answer.tool() == null) {
        appendText(out, 0, answer.text().length());
        out.append(",\"refusal\":null,\"annotations\":[]");
      } else {
        out.append("null,\"refusal\":null,\"annotations\":[],\"tool_calls\":[");
        for (int call = 0; call < answer.calls(); call++) {
          out.append(call == 0 ? "" : ",");
          appendToolHead(out, i, call);
          appendText(out, 0, answer.text().length());
          out.append("}}");
        }
        out.append(']');
      }
      out.append("},\"logprobs\":null,\"finish_reason\":\"").append(answer.finish()).append("\"}");
    }
    out.append(']');
    if (!script.flag(Knob.NO_USAGE)) {
      appendUsage(out);
    }
    return out.append('}').toString();
  }

  @Override
  public int size() {
    return errorAt == Integer.MAX_VALUE ? size : errorAt + 1;
  }

  @Override
  public long tokensWithin(int event) {
    int events = Math.min(event, errorAt); // the error in the middle is none of them
    int whole = Math.min(answer.choices(), events / perChoice);
    long tokens = (long) whole * answer.visibleTokens();
    if (whole < answer.choices()) {
      int parts = answer.calls() * perPart;
      int within = Math.max(0, Math.min(parts, events % perChoice - lead));
      int begun = within % Math.max(1, perPart);
      tokens += (long) (within / Math.max(1, perPart)) * pieces;
      tokens += Math.max(0, begun - (perPart - pieces));
    }
    return tokens;
  }

  @Override
  public void append(int event, StringBuilder out) {
    if (script.flag(Knob.COMMENTS) && event % 8 == 0) {
      out.append(": keep-alive").append(eol).append(eol);
    }
    out.append("data: ");
    if (event == errorAt) {
      out.append(StubRefusal.scripted(500).toJson().encode());
    } else if (event < perChoice * answer.choices()) {
      appendDelta(event / perChoice, event % perChoice, out);
    } else if (event == size - 1) {
      out.append("[DONE]");
    } else {
      out.append(head).append(']');
      appendUsage(out);
      out.append('}');
    }
    out.append(eol).append(eol);
  }

  private void appendDelta(int choice, int event, StringBuilder out) {
    out.append(head).append("{\"index\":").append(choice).append(",\"delta\":{");
    boolean finish = event == perChoice - 1;
    if (event == 0) {
      out.append("\"role\":\"assistant\",\"content\":");
      out.append(answer.tool() == null ? "\"\"" : "null").append(",\"refusal\":null");
    } else if (event <= shownPieces) {
      appendShown(out, Answer.piece(shown, event - 1));
    } else if (!finish) {
      appendPart(choice, (event - lead) / perPart, (event - lead) % perPart, out);
    }
    out.append("},\"logprobs\":null,\"finish_reason\":");
    if (finish) {
      out.append('"').append(answer.finish()).append("\"}]");
    } else {
      out.append("null}]");
    }
    boolean last = finish && choice == answer.choices() - 1;
    if (askedUsage && !script.flag(Knob.NO_USAGE)) {
      if (last && usageInFinish()) {
        appendUsage(out);
      } else {
        out.append(",\"usage\":null");
      }
    }
    out.append('}');
  }

  /** Appends an event of a text, or of one of the calls. */
  private void appendPart(int choice, int call, int event, StringBuilder out) {
    int piece = event - (perPart - pieces);
    int start = piece * Answer.TOKEN_CHARS;
    int end = Math.min(start + Answer.TOKEN_CHARS, answer.text().length());
    if (answer.tool() == null) {
      out.append("\"content\":");
      appendText(out, start, end);
    } else if (piece < 0) {
      out.append("\"tool_calls\":[");
      appendToolHead(out, choice, call);
      out.append("\"\"}}]");
    } else {
      out.append("\"tool_calls\":[{\"index\":").append(call);
      out.append(",\"function\":{\"arguments\":");
      appendText(out, start, end);
      out.append("}}]");
    }
  }

  private void appendShown(StringBuilder out, String text) {
    out.append('"').append(script.text(Knob.SHOW_REASONING, "")).append("\":\"");
    out.append(text).append('"');
  }

  private void appendToolHead(StringBuilder out, int choice, int call) {
    out.append("{\"index\":").append(call);
    out.append(",\"id\":\"").append(callId).append('_').append(choice);
    if (call > 0) {
      out.append('_').append(call);
    }
    out.append("\",\"type\":\"function\",\"function\":{\"name\":");
    out.append(Json.encode(answer.tool())).append(",\"arguments\":");
  }

  private void appendText(StringBuilder out, int start, int end) {
    String text = answer.text();
    out.append('"');
    if (!escape) {
      out.append(text, start, end);
    } else {
      for (int i = start; i < end; i++) {
        char c = text.charAt(i);
        if (c == '"' || c == '\\') {
          out.append('\\');
        }
        out.append(c);
      }
    }
    out.append('"');
  }

  private boolean hasUsageEvent() {
    return askedUsage && !script.flag(Knob.NO_USAGE) && !usageInFinish();
  }

  /** DeepSeek sends it with the finish reason and has no event of its own for it. */
  private boolean usageInFinish() {
    return script.text(Knob.USAGE, "openai").equals("deepseek");
  }

  /** Appends {@code ,"usage":{…}} in the shape that the script asks for. */
  private void appendUsage(StringBuilder out) {
    String shape = script.text(Knob.USAGE, "openai");
    boolean apart = shape.equals("xai") || shape.equals("gemini"); // reasoning beside completion
    long reasoning = answer.reasoningTokens() * answer.choices();
    long visible = (long) answer.visibleTokens() * answer.choices();
    long prompt = answer.promptTokens();
    out.append(",\"usage\":{\"prompt_tokens\":").append(prompt);
    out.append(",\"completion_tokens\":").append(apart ? visible : visible + reasoning);
    out.append(",\"total_tokens\":").append(prompt + visible + reasoning);
    if (shape.equals("gemini")) { // reasoning is what the total has more than its parts
      out.append('}');
      return;
    }
    if (shape.equals("deepseek")) {
      out.append(",\"prompt_cache_hit_tokens\":").append(answer.cachedTokens());
      out.append(",\"prompt_cache_miss_tokens\":").append(prompt - answer.cachedTokens());
    }
    out.append(",\"prompt_tokens_details\":{\"cached_tokens\":").append(answer.cachedTokens());
    if (answer.cacheWriteTokens() > 0) {
      out.append(",\"cache_write_tokens\":").append(answer.cacheWriteTokens());
    }
    out.append(",\"audio_tokens\":0},\"completion_tokens_details\":{\"reasoning_tokens\":");
    out.append(reasoning);
    out.append(",\"audio_tokens\":0,\"accepted_prediction_tokens\":0");
    out.append(",\"rejected_prediction_tokens\":0}}");
  }
}
