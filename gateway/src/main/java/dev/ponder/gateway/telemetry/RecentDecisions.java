package dev.ponder.gateway.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The last {@value #LINES_MAX} lines about decisions, as the decision log has them, whether or not
 * there is a log: what the admin address shows. In memory only. Safe for many threads.
 */
public final class RecentDecisions {

  /** How many lines are kept; a line has less than a kilobyte. */
  public static final int LINES_MAX = 1_000;

  private final String[] lines = new String[LINES_MAX];
  private final AtomicInteger readers = new AtomicInteger();
  private long next;

  /** No line as yet. */
  public RecentDecisions() {}

  /**
   * Some lines and where they stand.
   *
   * @param first the number of the first line, from 0 for the first since the start
   * @param lines the oldest first
   */
  public record Part(long first, List<String> lines) {

    public Part {
      lines = List.copyOf(lines);
    }

    /** The number of the line after these. */
    public long after() {
      return first + lines.size();
    }
  }

  /** Adds a line. */
  public synchronized void add(String line) {
    lines[(int) (next % LINES_MAX)] = line;
    next++;
  }

  /** How many lines there were since the start. */
  public synchronized long count() {
    return next;
  }

  /**
   * The lines from a number on, at most so many. What is gone already is left out: then the part
   * begins later than asked for.
   */
  public synchronized Part from(long number, int most) {
    long first = Math.max(Math.max(0, next - LINES_MAX), Math.min(number, next));
    long end = Math.min(next, first + most);
    List<String> part = new ArrayList<>((int) (end - first));
    for (long i = first; i < end; i++) {
      part.add(lines[(int) (i % LINES_MAX)]);
    }
    return new Part(first, part);
  }

  /** Somebody begins to read along. */
  public void join() {
    readers.incrementAndGet();
  }

  /** Somebody stops reading along. */
  public void leave() {
    readers.decrementAndGet();
  }

  /** How many read along. */
  public int readers() {
    return readers.get();
  }
}
