package dev.ponder.gateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/**
 * What can be seen of whether a whole, plain answer will do: of its first choice, how it ends, what
 * it says, and how sure the model was. For routes that ask again; others are spared the second
 * reading.
 */
public final class AnswerCheck {

  private static final int DEPTH_MAX = 512;

  private static final byte[] CHOICES = JsonCursor.ascii("choices");
  private static final byte[] FINISH_REASON = JsonCursor.ascii("finish_reason");
  private static final byte[] MESSAGE = JsonCursor.ascii("message");
  private static final byte[] CONTENT = JsonCursor.ascii("content");
  private static final byte[] REFUSAL = JsonCursor.ascii("refusal");
  private static final byte[] TOOL_CALLS = JsonCursor.ascii("tool_calls");
  private static final byte[] FUNCTION_CALL = JsonCursor.ascii("function_call");
  private static final byte[] AUDIO = JsonCursor.ascii("audio");
  private static final byte[] LOGPROBS = JsonCursor.ascii("logprobs");
  private static final byte[] LOGPROB = JsonCursor.ascii("logprob");

  private final JsonCursor cursor = new JsonCursor(DEPTH_MAX);
  private final byte[] json;

  private boolean found;
  private String finishReason = "";
  private @Nullable String text;
  private boolean refused;
  private boolean acts;
  private double logprobs;
  private int tokens;

  private AnswerCheck(byte[] json) {
    this.json = json;
  }

  /** The check of an answer; of what is none, nothing is wrong that could be seen. */
  public static AnswerCheck of(byte[] json) {
    AnswerCheck check = new AnswerCheck(json);
    check.cursor.open(json, 0, json.length);
    try {
      check.answer();
    } catch (ApiError malformed) {
      check.found = false;
    }
    check.cursor.close();
    return check;
  }

  /** Whether the model declines, or a filter did. */
  public boolean refused() {
    return found && (refused || finishReason.equals("content_filter"));
  }

  /** Whether nothing is said and nothing is to be done. */
  public boolean empty() {
    return found && !acts && !refused() && (text == null || text.isBlank());
  }

  /** Whether it ends because it is as long as it may be. */
  public boolean truncated() {
    return found && finishReason.equals("length");
  }

  /** Whether there is text, and it is no JSON object or array. */
  public boolean notJson() {
    return found && text != null && !text.isBlank() && !isJson(text.getBytes(UTF_8));
  }

  /** The mean log-probability of its tokens; 0 where the answer does not tell. */
  public double meanLogprob() {
    return found && tokens > 0 ? logprobs / tokens : 0;
  }

  private void answer() {
    if (!cursor.nextIs('{')) {
      return;
    }
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (cursor.nameIs(CHOICES) && cursor.nextIs('[')) {
        choices();
      } else {
        cursor.skipValue();
      }
    }
  }

  private void choices() {
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      if (found || !cursor.nextIs('{')) {
        cursor.skipValue();
        continue;
      }
      found = true;
      for (boolean any = cursor.firstMember(); any; any = cursor.nextMember()) {
        if (cursor.nameIs(FINISH_REASON) && cursor.nextIs('"')) {
          cursor.string();
          finishReason = cursor.span().text();
        } else if (cursor.nameIs(MESSAGE) && cursor.nextIs('{')) {
          message();
        } else if (cursor.nameIs(LOGPROBS) && cursor.nextIs('{')) {
          sureness();
        } else {
          cursor.skipValue();
        }
      }
    }
  }

  private void message() {
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (cursor.nameIs(CONTENT) && cursor.nextIs('"')) {
        cursor.string();
        text = cursor.span().text();
      } else if (cursor.nameIs(REFUSAL) && cursor.nextIs('"')) {
        cursor.string();
        refused = !cursor.span().isEmpty();
      } else {
        // Content in parts, tools and sound: something to go by, whatever it is.
        boolean act =
            cursor.nameIs(CONTENT)
                || cursor.nameIs(TOOL_CALLS)
                || cursor.nameIs(FUNCTION_CALL)
                || cursor.nameIs(AUDIO);
        int from = cursor.at();
        cursor.skipValue();
        acts |= act && json[from] != 'n' && cursor.at() - from > 2;
      }
    }
  }

  private void sureness() {
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (!cursor.nameIs(CONTENT) || !cursor.nextIs('[')) {
        cursor.skipValue();
        continue;
      }
      for (boolean any = cursor.firstElement(); any; any = cursor.nextElement()) {
        if (cursor.nextIs('{')) {
          token();
        } else {
          cursor.skipValue();
        }
      }
    }
  }

  private void token() {
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      boolean counts = cursor.nameIs(LOGPROB) && cursor.nextIsNumber();
      int from = cursor.at();
      cursor.skipValue();
      if (counts) {
        logprobs += Double.parseDouble(new String(json, from, cursor.at() - from, UTF_8));
        tokens++;
      }
    }
  }

  private static boolean isJson(byte[] text) {
    JsonCursor cursor = new JsonCursor(DEPTH_MAX);
    cursor.open(text, 0, text.length);
    try {
      if (!cursor.nextIs('{') && !cursor.nextIs('[')) {
        return false;
      }
      cursor.skipValue();
      cursor.end();
      return true;
    } catch (ApiError malformed) {
      return false;
    }
  }
}
