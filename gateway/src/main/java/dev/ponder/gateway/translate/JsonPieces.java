package dev.ponder.gateway.translate;

/** Whether the pieces of a JSON object that came so far make a whole one. */
final class JsonPieces {

  private int depth;
  private boolean begun;
  private boolean quoted;
  private boolean escaped;

  /** The next piece, cut anywhere. */
  void add(String piece) {
    for (int i = 0; i < piece.length(); i++) {
      add(piece.charAt(i));
    }
  }

  private void add(char next) {
    if (quoted) {
      quoted = escaped || next != '"';
      escaped = !escaped && next == '\\';
    } else if (next == '"') {
      quoted = true;
    } else if (next == '{' || next == '[') {
      depth++;
      begun = true;
    } else if (next == '}' || next == ']') {
      depth--;
    }
  }

  /** Whether all that was opened is closed again, and something was. */
  boolean whole() {
    return begun && depth <= 0 && !quoted;
  }
}
