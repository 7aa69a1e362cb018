package dev.ponder.classify;

/**
 * The text of one request as far as the classifier may look at it: bounded windows over the system
 * prompt and the last user turn, and counts of everything else.
 *
 * <p>A reusable buffer: {@link #reset} it, feed it one message after another, hand it to {@link
 * PromptFeatures}. Not safe for use by two threads. Whatever the size of the request, it holds at
 * most three windows of {@value Window#HEAD} + {@value Window#TAIL} characters.
 */
public final class PromptText {

  /** Who wrote a message. */
  public enum Role {
    SYSTEM,
    USER,
    ASSISTANT,
    TOOL
  }

  private Window system = new Window();
  private Window user = new Window();
  private Window current = new Window();

  private int userTurns;
  private int assistantTurns;
  private int toolTurns;
  private int tools;
  private int images;
  private int otherParts;
  private boolean structuredOutput;
  private long asciiChars;
  private long otherChars;

  /** Forgets everything, so that the next request can be fed. */
  public void reset() {
    system.clear();
    user.clear();
    current.clear();
    userTurns = 0;
    assistantTurns = 0;
    toolTurns = 0;
    tools = 0;
    images = 0;
    otherParts = 0;
    structuredOutput = false;
    asciiChars = 0;
    otherChars = 0;
  }

  /** Begins a message. Its role may be known only at its end: JSON members come in any order. */
  public void beginMessage() {
    current.clear();
  }

  /** Appends one UTF-16 unit to the message that was begun. */
  public void append(char c) {
    if (c < 0x80) {
      asciiChars++;
    } else {
      otherChars++;
    }
    current.append(c);
  }

  /** Appends bytes that are all ASCII to the message that was begun. */
  public void appendAscii(byte[] bytes, int from, int to) {
    asciiChars += to - from;
    current.appendAscii(bytes, from, to);
  }

  /** Appends a string to the message that was begun. */
  public void append(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      append(text.charAt(i));
    }
  }

  /**
   * Counts the middle of a long text without its characters. At least {@link Window#HEAD}
   * characters of the message must come before it and at least {@link Window#TAIL} after it, so
   * that no window would have kept what is left out.
   */
  public void skip(long ascii, long other) {
    asciiChars += ascii;
    otherChars += other;
    current.skip(ascii + other);
  }

  /** Separates two text parts of one message. */
  public void breakPart() {
    if (current.length() > 0) {
      current.append('\n');
    }
  }

  /**
   * Counts a whole message without its characters: one that nobody looks at, or that a later one of
   * the same role replaces.
   */
  public void passOver(Role role, long ascii, long other) {
    addUnreadChars(ascii, other);
    countTurn(role);
  }

  private void countTurn(Role role) {
    switch (role) {
      case SYSTEM -> {}
      case USER -> userTurns++;
      case ASSISTANT -> assistantTurns++;
      case TOOL -> toolTurns++;
    }
  }

  /** Ends the message: a user's or a system's text replaces that of an earlier message. */
  public void endMessage(Role role) {
    countTurn(role);
    Window ended = current;
    if (role == Role.SYSTEM) {
      current = system;
      system = ended;
    } else if (role == Role.USER) {
      current = user;
      user = ended;
    }
    current.clear();
  }

  /** Counts a tool that the request offers. */
  public void addTool() {
    tools++;
  }

  /** Counts an image part. */
  public void addImage() {
    images++;
  }

  /** Counts a part that is neither text nor image: audio, files. */
  public void addOtherPart() {
    otherParts++;
  }

  /** Counts text that costs input tokens but is not part of a message, such as tool schemas. */
  public void addUnreadChars(long ascii) {
    asciiChars += ascii;
  }

  /** Counts text of a message that no window will keep, such as what the assistant said. */
  public void addUnreadChars(long ascii, long other) {
    asciiChars += ascii;
    otherChars += other;
  }

  /** Notes that the answer must be JSON. */
  public void setStructuredOutput() {
    structuredOutput = true;
  }

  public Window system() {
    return system;
  }

  /** The last user turn. */
  public Window user() {
    return user;
  }

  public int userTurns() {
    return userTurns;
  }

  public int assistantTurns() {
    return assistantTurns;
  }

  public int toolTurns() {
    return toolTurns;
  }

  public int tools() {
    return tools;
  }

  public int images() {
    return images;
  }

  public int otherParts() {
    return otherParts;
  }

  public boolean structuredOutput() {
    return structuredOutput;
  }

  /**
   * About how many input tokens the request has: an ASCII character is a quarter of a token, any
   * other one nearly a token, an image about 800.
   */
  public long estimatedInputTokens() {
    return asciiChars / 4 + otherChars * 3 / 4 + images * 800L + 4;
  }

  /** A text's first and last characters, and its whole length. */
  public static final class Window {

    /** Characters kept from the beginning of a text. */
    public static final int HEAD = 4096;

    /** Characters kept from the end of a text: a power of two, so that the ring wraps by mask. */
    public static final int TAIL = 4096;

    /** The most characters that {@link #copyTo} gives. */
    public static final int KEPT = HEAD + TAIL + 1;

    private final char[] head = new char[HEAD];
    private final char[] ring = new char[TAIL];
    private long length;

    void clear() {
      length = 0;
    }

    void append(char c) {
      if (length < HEAD) {
        head[(int) length] = c;
      } else {
        ring[(int) (length - HEAD) & TAIL - 1] = c;
      }
      length++;
    }

    void appendAscii(byte[] bytes, int from, int to) {
      int next = from;
      if (length < HEAD) {
        int fits = Math.min(to - from, HEAD - (int) length);
        copy(bytes, from, head, (int) length, fits);
        length += fits;
        next += fits;
      }
      int skipped = Math.max(0, to - next - TAIL);
      length += skipped;
      next += skipped;
      while (next < to) {
        int at = (int) (length - HEAD) & TAIL - 1;
        int fits = Math.min(to - next, TAIL - at);
        copy(bytes, next, ring, at, fits);
        length += fits;
        next += fits;
      }
    }

    private static void copy(byte[] bytes, int from, char[] target, int at, int count) {
      for (int i = 0; i < count; i++) {
        target[at + i] = (char) bytes[from + i];
      }
    }

    void skip(long chars) {
      length += chars;
    }

    /** The length of the whole text in UTF-16 units, most of which may not be kept. */
    public long length() {
      return length;
    }

    /**
     * Copies what is kept, head and tail parted by a line break where something is missing.
     *
     * @param target at least {@link #KEPT} long
     * @return how many characters were copied
     */
    public int copyTo(char[] target) {
      int headLength = (int) Math.min(length, HEAD);
      System.arraycopy(head, 0, target, 0, headLength);
      if (length <= HEAD) {
        return headLength;
      }
      long beyond = length - HEAD;
      int at = headLength;
      if (beyond <= TAIL) {
        System.arraycopy(ring, 0, target, at, (int) beyond);
        return at + (int) beyond;
      }
      target[at++] = '\n';
      int start = (int) beyond & TAIL - 1;
      System.arraycopy(ring, start, target, at, TAIL - start);
      System.arraycopy(ring, 0, target, at + TAIL - start, start);
      return at + TAIL;
    }
  }
}
