package dev.ponder.pacing;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/**
 * What a pacer has learnt, as one line of text: {@code pacer/1 name=value name=value ...}. Numbers
 * are written so that they are read as exactly the same; a list names only what is not zero, as
 * {@code index:value,index:value}.
 */
final class SnapshotText {

  private static final String HEADER = "pacer/1";
  private static final int SHOWN = 40;
  private static final long LATEST_SECOND = 100_000_000_000L;

  private final Map<String, String> values = new HashMap<>();

  /**
   * The names and values of a line.
   *
   * @throws IllegalArgumentException if it is no such line
   */
  SnapshotText(String line) {
    String[] words = line.split(" ", -1);
    if (!words[0].equals(HEADER)) {
      throw wrong("snapshot", line, "a line that begins with " + HEADER);
    }
    for (int i = 1; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      if (equals < 1) {
        throw wrong("snapshot", words[i], "name=value");
      }
      if (values.put(words[i].substring(0, equals), words[i].substring(equals + 1)) != null) {
        throw wrong("snapshot", words[i], "each name once");
      }
    }
  }

  ZoneId zone(String name) {
    try {
      return ZoneId.of(text(name));
    } catch (DateTimeException e) {
      throw wrong(name, text(name), "a time zone");
    }
  }

  long whole(String name, long least, long most) {
    String text = text(name);
    try {
      long value = Long.parseLong(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) { // the same mistake, told below
    }
    throw wrong(name, text, "a whole number, " + least + ".." + most);
  }

  /** A time in seconds since 1970, of the first thousands of years. */
  long seconds(String name) {
    return whole(name, 0, LATEST_SECOND);
  }

  /** Such a time with a fraction. */
  double instant(String name) {
    return amount(name, 0, LATEST_SECOND);
  }

  /** A number that is neither negative nor infinite. */
  double amount(String name) {
    return amount(name, 0, Double.MAX_VALUE);
  }

  double amount(String name, double least, double most) {
    return amount(name, text(name), least, most);
  }

  /** A list of such numbers, each at most {@code most}; what is zero is left out. */
  void amounts(String name, int size, double most, Element into) {
    String list = text(name);
    if (list.isEmpty()) {
      return;
    }
    for (String item : list.split(",", -1)) {
      int colon = item.indexOf(':');
      int index = colon < 1 ? -1 : index(item.substring(0, colon));
      if (index < 0 || index >= size) {
        throw wrong(name, item, "index:value, index 0.." + (size - 1));
      }
      into.set(index, amount(name, item.substring(colon + 1), 0, most));
    }
  }

  /** Takes the elements of a list. */
  interface Element {
    void set(int index, double value);
  }

  private String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("snapshot: no " + name + " (expected: " + name + "=...)");
    }
    return value;
  }

  private static int index(String digits) {
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static double amount(String name, String text, double least, double most) {
    try {
      double value = Double.parseDouble(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) { // the same mistake, told below
    }
    throw wrong(name, text, "a number, " + least + ".." + most);
  }

  private static IllegalArgumentException wrong(String name, String value, String expected) {
    String shown = value.length() <= SHOWN ? value : value.substring(0, SHOWN) + "...";
    return new IllegalArgumentException(name + ": " + shown + " (expected: " + expected + ")");
  }

  /** Writes such a line. */
  static final class Writer {

    private final StringBuilder out = new StringBuilder(1_024).append(HEADER);

    void put(String name, String value) {
      out.append(' ').append(name).append('=').append(value);
    }

    void put(String name, long value) {
      put(name, Long.toString(value));
    }

    void put(String name, double value) {
      put(name, Double.toString(value));
    }

    void put(String name, int size, IntToDoubleFunction values) {
      out.append(' ').append(name).append('=');
      boolean first = true;
      for (int i = 0; i < size; i++) {
        double value = values.applyAsDouble(i);
        if (value != 0) {
          out.append(first ? "" : ",").append(i).append(':').append(value);
          first = false;
        }
      }
    }

    String line() {
      return out.toString();
    }
  }
}
