package dev.ponder.gateway.server;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes the request bodies of all running exchanges hold together, and may hold at most.
 * Shared by all event loops.
 */
final class BodyMemory {

  private final long bytesMax;
  private final AtomicLong bytes = new AtomicLong();

  /**
   * Memory of which nothing is taken yet.
   *
   * @throws IllegalArgumentException if {@code bytesMax} is not positive
   */
  BodyMemory(long bytesMax) {
    if (bytesMax <= 0) {
      throw new IllegalArgumentException("bytesMax: " + bytesMax + " (expected: more than 0)");
    }
    this.bytesMax = bytesMax;
  }

  /** Half of the heap: answers, connections and everything else live in the other half. */
  static BodyMemory halfOfHeap() {
    return new BodyMemory(Math.max(1, Runtime.getRuntime().maxMemory() / 2));
  }

  /** A lease for the body of one exchange, of nothing as yet. */
  Lease lease() {
    return new Lease(this);
  }

  /** What is taken now, in bytes. */
  long taken() {
    return bytes.get();
  }

  /** The most that can be taken, in bytes. */
  long bytesMax() {
    return bytesMax;
  }

  private boolean take(long more) {
    if (bytes.addAndGet(more) <= bytesMax) {
      return true;
    }
    bytes.addAndGet(-more);
    return false;
  }

  /**
   * What one exchange has taken; for use on its event loop only.
   *
   * <p>Released twice over when a worker thread still reads the body of an exchange that has ended:
   * whoever reads it {@linkplain #hold holds} the lease, and the memory is free once all let go.
   */
  static final class Lease {

    private final BodyMemory memory;
    private long taken;
    private int holders = 1;

    private Lease(BodyMemory memory) {
      this.memory = memory;
    }

    /** Takes more, if there is that much and the lease is not over. */
    boolean take(long more) {
      if (holders == 0 || !memory.take(more)) {
        return false;
      }
      taken += more;
      return true;
    }

    /** Gives some back. */
    void give(long less) {
      long given = Math.min(less, taken);
      taken -= given;
      memory.bytes.addAndGet(-given);
    }

    /** Keeps the memory taken until one more {@link #release}. */
    void hold() {
      holders++;
    }

    /** Lets go; the last of all holders gives everything back. */
    void release() {
      if (holders > 0 && --holders == 0) {
        give(taken);
      }
    }
  }
}
