package dev.ponder.gateway.wire;

import org.jspecify.annotations.Nullable;

/** Names that are met again and again, so that none needs a new string. */
final class KnownNames {

  /** A power of two, so that a hash wraps by mask. */
  private static final int SLOTS = 256;

  private static final int LENGTH_MAX = 64;

  private final byte[][] spellings = new byte[SLOTS][];
  private final @Nullable String[] names = new String[SLOTS];

  /**
   * @param known a few names of 1 to {@value #LENGTH_MAX} ASCII characters
   */
  KnownNames(String... known) {
    for (String name : known) {
      byte[] spelling = JsonCursor.ascii(name);
      int slot = StringSpan.hash(spelling, 0, spelling.length) & SLOTS - 1;
      while (names[slot] != null) {
        slot = slot + 1 & SLOTS - 1;
      }
      names[slot] = name;
      spellings[slot] = spelling;
    }
  }

  /** The name that the string stands for, escapes resolved; null if it is none of these. */
  @Nullable String find(StringSpan span) {
    if (span.units() > LENGTH_MAX) {
      return null;
    }
    int slot = span.hash() & SLOTS - 1;
    while (names[slot] != null) {
      if (span.matches(spellings[slot])) {
        return names[slot];
      }
      slot = slot + 1 & SLOTS - 1;
    }
    return null;
  }
}
