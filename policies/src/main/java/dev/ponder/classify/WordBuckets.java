package dev.ponder.classify;

import java.util.Arrays;

/**
 * The words of one text and the pairs of neighbours in it, each as a bucket of a hash table and
 * each once, however often it occurs. Reusable; allocates nothing. The text cannot be got back from
 * it: many words share each bucket.
 */
final class WordBuckets {

  /** Buckets are numbered from 0 to {@code 2^BITS - 1}. */
  static final int BITS = 16;

  static final int COUNT = 1 << BITS;

  /** More different words and pairs than this are not looked at. */
  private static final int MOST = 4096;

  private final long[] seen = new long[COUNT / Long.SIZE];
  private final char[] buckets = new char[MOST];
  private int size;

  /** Forgets everything. */
  void clear() {
    for (int i = 0; i < size; i++) {
      seen[buckets[i] >>> 6] = 0;
    }
    size = 0;
  }

  /** Adds a sentence: its words, and every pair of neighbours. */
  void addSentence(int[] hashes, int count) {
    int next = size;
    for (int i = 0; i < count; i++) {
      next = add(hashes[i], next);
      if (i > 0) {
        next = add(hashes[i - 1] * 1_000_003 + hashes[i], next);
      }
    }
    size = next;
  }

  /** How many different buckets there are. */
  int size() {
    return size;
  }

  /** One of them, in the order in which they came. */
  int bucket(int index) {
    return buckets[index];
  }

  /** A copy of the first so many, for training. */
  char[] toArray(int first) {
    return Arrays.copyOf(buckets, first);
  }

  /**
   * Adds one behind so many; returns how many there are then. Without a branch on what was seen
   * before: nobody can predict it.
   */
  private int add(int hash, int behind) {
    if (behind == MOST) {
      return behind;
    }
    int bucket = bucketOf(hash);
    long some = seen[bucket >>> 6];
    seen[bucket >>> 6] = some | 1L << bucket;
    buckets[behind] = (char) bucket;
    return behind + (int) (~some >>> bucket & 1);
  }

  /** Spreads the bits of a hash (Chris Wellons' two rounds of xor-shift and multiply). */
  private static int bucketOf(int hash) {
    int mixed = (hash ^ hash >>> 15) * 0x2c1b3c6d;
    mixed = (mixed ^ mixed >>> 12) * 0x297a2d39;
    return (mixed ^ mixed >>> 15) & COUNT - 1;
  }
}
