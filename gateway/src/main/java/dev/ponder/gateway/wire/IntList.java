package dev.ponder.gateway.wire;

import java.util.Arrays;

/** A list of ints that grows. */
final class IntList {

  private int[] items = new int[8];
  private int size;

  void add(int item) {
    if (size == items.length) {
      items = Arrays.copyOf(items, size * 2);
    }
    items[size++] = item;
  }

  int get(int index) {
    if (index >= size) {
      throw new IndexOutOfBoundsException("index: " + index + " (expected: 0.." + (size - 1) + ")");
    }
    return items[index];
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  int[] toArray() {
    return Arrays.copyOf(items, size);
  }
}
