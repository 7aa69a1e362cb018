package dev.ponder.gateway.wire;

import dev.ponder.classify.PromptText;
import dev.ponder.classify.PromptText.Role;

/**
 * Reads what is to be completed or embedded: one text or several, each as a string or as the
 * numbers of its tokens.
 */
final class TextsReader {

  /** The most texts of one request. */
  static final int TEXTS_MAX = 2048;

  /** An estimate reckons with so many characters a token. */
  private static final int CHARS_PER_TOKEN = 4;

  private final JsonCursor cursor;

  TextsReader(JsonCursor cursor) {
    this.cursor = cursor;
  }

  /**
   * Reads the value that comes next.
   *
   * @param scored whether the text matters, or its length only
   * @return how many texts there are, 0 or more
   */
  int read(String param, PromptText text, RequestView.Scalars scalars, boolean scored) {
    if (cursor.nextIs('"')) {
      string(text, scored);
      return 1;
    }
    if (!cursor.nextIs('[')) {
      throw cursor.wrongKind(param, "a string, tokens, or an array of them");
    }
    int texts = 0;
    boolean tokens = false;
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      if (cursor.nextIsNumber()) {
        token(text);
        texts = tokens ? texts : texts + 1;
        tokens = true;
        continue;
      }
      if (cursor.nextIs('"')) {
        string(text, scored);
      } else if (cursor.nextIs('[')) {
        tokens(text);
      } else {
        scalars.files += 1; // a picture perhaps: its bytes may lie elsewhere
        cursor.skipValue();
      }
      texts++;
      if (texts > TEXTS_MAX) {
        throw JsonFault.wrong(param, "more texts", "at most " + TEXTS_MAX + " texts");
      }
    }
    return texts;
  }

  private void string(PromptText text, boolean scored) {
    cursor.string();
    StringSpan span = cursor.span();
    if (scored) {
      text.beginMessage();
      span.feed(text);
      text.endMessage(Role.USER);
    } else {
      text.addUnreadChars(span.units() - span.others(), span.others());
    }
  }

  private void tokens(PromptText text) {
    for (boolean more = cursor.firstElement(); more; more = cursor.nextElement()) {
      token(text);
    }
  }

  private void token(PromptText text) {
    cursor.skipValue();
    text.addUnreadChars(CHARS_PER_TOKEN);
  }
}
