package dev.ponder.policy;

/**
 * Which of a caller's last {@value #REQUESTS} requests went to reasoning models: a bit for each. An
 * exact sliding window, so that what was asked long ago is forgotten. Not safe for use by two
 * threads: {@link ShareWindows} lends them out under its lock.
 */
final class ShareWindow {

  /** How many requests it looks back at. */
  static final int REQUESTS = 200;

  private final long[] bits = new long[(REQUESTS + 63) / 64];
  private int next;
  private int size;
  private int reasoned;

  /** How many of the remembered requests would be reasoned about, were the next one, too. */
  int withOneMore() {
    boolean leaves = size == REQUESTS && get(next);
    return reasoned + 1 - (leaves ? 1 : 0);
  }

  /** Remembers one more request, and forgets the oldest if there is no room. */
  void add(boolean reasons) {
    if (size == REQUESTS) {
      reasoned -= get(next) ? 1 : 0;
    } else {
      size++;
    }
    long bit = 1L << (next & 63);
    bits[next >> 6] = reasons ? bits[next >> 6] | bit : bits[next >> 6] & ~bit;
    reasoned += reasons ? 1 : 0;
    next = next + 1 == REQUESTS ? 0 : next + 1;
  }

  private boolean get(int at) {
    return (bits[at >> 6] >> (at & 63) & 1) == 1;
  }

  /** How many requests it remembers, 0 to {@value #REQUESTS}. */
  int size() {
    return size;
  }

  /** How many of them went to reasoning models. */
  int reasoned() {
    return reasoned;
  }
}
