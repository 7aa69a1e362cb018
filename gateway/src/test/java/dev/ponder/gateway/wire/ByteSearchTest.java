package dev.ponder.gateway.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Each search against a loop that looks at one byte at a time. */
class ByteSearchTest {

  private static final int ROUNDS = 200_000;

  private final Random random = new Random(7);

  @Test
  void plainEnd_isTheFirstByteThatIsNoPlainOne() {
    for (int i = 0; i < ROUNDS; i++) {
      byte[] bytes = bytes();
      int from = random.nextInt(bytes.length + 1);
      int expected = from;
      while (expected < bytes.length
          && bytes[expected] >= ' '
          && bytes[expected] != '"'
          && bytes[expected] != '\\') {
        expected++;
      }
      assertThat(ByteSearch.plainEnd(bytes, from, bytes.length))
          .as("from %d in %s", from, Arrays.toString(bytes))
          .isEqualTo(expected);
    }
  }

  @Test
  void lineEnd_isTheFirstByteThatEndsALine() {
    for (int i = 0; i < ROUNDS; i++) {
      byte[] bytes = bytes();
      int from = random.nextInt(bytes.length + 1);
      int expected = from;
      while (expected < bytes.length && bytes[expected] != '\n' && bytes[expected] != '\r') {
        expected++;
      }
      assertThat(ByteSearch.lineEnd(bytes, from, bytes.length))
          .as("from %d in %s", from, Arrays.toString(bytes))
          .isEqualTo(expected);
    }
  }

  @Test
  void plainEnd_looksNoFurtherThanTheLimit() {
    byte[] bytes = new byte[64];
    Arrays.fill(bytes, (byte) 'a');
    bytes[40] = '"';
    for (int limit = 0; limit <= bytes.length; limit++) {
      assertThat(ByteSearch.plainEnd(bytes, 0, limit)).isEqualTo(Math.min(limit, 40));
    }
  }

  /** Letters, and now and then any byte at all: runs long enough for steps of all sizes. */
  private byte[] bytes() {
    byte[] bytes = new byte[random.nextInt(60)];
    int seldom = 2 + random.nextInt(40);
    for (int i = 0; i < bytes.length; i++) {
      boolean any = random.nextInt(seldom) == 0;
      bytes[i] = (byte) (any ? random.nextInt(256) : 'a' + random.nextInt(26));
    }
    return bytes;
  }
}
