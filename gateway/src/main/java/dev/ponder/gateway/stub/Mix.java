package dev.ponder.gateway.stub;

/** Turns what a call is about into bits that look random and are always the same. */
final class Mix {

  private Mix() {}

  /** A bijection of 64 bits in which every bit of the input moves half of the output. */
  static long scramble(long bits) {
    long z = bits + 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /** Folds one more value into a hash; the order matters. */
  static long fold(long hash, long value) {
    return scramble(hash * 31 + value);
  }
}
