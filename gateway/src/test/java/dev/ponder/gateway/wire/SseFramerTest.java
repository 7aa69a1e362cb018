package dev.ponder.gateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SseFramerTest {

  private static final String[] LINES = {
    "data: {\"x\":\"日本 😀\"}",
    "data:",
    "data: a longer line to fill words",
    ": ping",
    "event: e",
    "é"
  };
  private static final String[] ENDS = {"\n", "\r\n", "\r"};

  /** Everything that was handed out, and the events without the line feeds that may come late. */
  private static final class Collected implements SseFramer.Sink {
    final ByteArrayOutputStream all = new ByteArrayOutputStream();
    final List<String> events = new ArrayList<>();
    final List<String> parts = new ArrayList<>();

    @Override
    public void event(byte[] bytes, int from, int to) {
      all.write(bytes, from, to - from);
      String event = new String(bytes, from, to - from, UTF_8);
      events.add(event.endsWith("\r\n") ? event.substring(0, event.length() - 1) : event);
    }

    @Override
    public void part(byte[] bytes, int from, int to) {
      all.write(bytes, from, to - from);
      parts.add(new String(bytes, from, to - from, UTF_8));
    }
  }

  private static Collected frame(byte[] stream, int heldMax, int... cuts) {
    Collected sink = new Collected();
    SseFramer framer = new SseFramer(heldMax);
    int from = 0;
    for (int cut : cuts) {
      framer.feed(Arrays.copyOfRange(stream, from, cut), sink);
      from = cut;
    }
    framer.feed(Arrays.copyOfRange(stream, from, stream.length), sink);
    framer.end(sink);
    return sink;
  }

  /** The events by the letter of the specification, one byte after another. */
  private static List<String> reference(byte[] stream) {
    List<String> events = new ArrayList<>();
    boolean mark = stream.length > 2 && stream[0] == (byte) 0xef && stream[1] == (byte) 0xbb;
    int from = 0;
    int lineStart = mark ? 3 : 0;
    for (int i = lineStart; i < stream.length; i++) {
      if (stream[i] != '\n' && stream[i] != '\r') {
        continue;
      }
      boolean empty = i == lineStart;
      boolean pair = stream[i] == '\r' && i + 1 < stream.length && stream[i + 1] == '\n';
      int end = i + 1;
      i += pair ? 1 : 0;
      lineStart = i + 1;
      if (empty) {
        events.add(new String(stream, from, end - from, UTF_8));
        from = lineStart;
      }
    }
    if (from < stream.length) {
      String rest = new String(stream, from, stream.length - from, UTF_8);
      events.add(rest.endsWith("\r\n") ? rest.substring(0, rest.length() - 1) : rest);
    }
    return events;
  }

  private static byte[] stream(long seed) {
    Random random = new Random(seed);
    StringBuilder out = new StringBuilder(random.nextInt(4) == 0 ? "\ufeff" : "");
    String end = ENDS[random.nextInt(3)];
    boolean mixed = random.nextBoolean();
    for (int i = random.nextInt(12); i >= 0; i--) {
      out.append(random.nextInt(3) == 0 ? "" : LINES[random.nextInt(LINES.length)]);
      out.append(mixed ? ENDS[random.nextInt(3)] : end);
    }
    return out.append(random.nextBoolean() ? "" : "data: cut off").toString().getBytes(UTF_8);
  }

  @Test
  void everyCut_givesTheSameEvents() {
    for (long seed = 0; seed < 400; seed++) {
      byte[] stream = stream(seed);
      List<String> expected = reference(stream);
      for (int cut = 0; cut <= stream.length; cut++) {
        Collected sink = frame(stream, 10_000, cut);
        assertThat(sink.events).as("seed %d, cut %d", seed, cut).isEqualTo(expected);
        assertThat(sink.parts).allMatch("\n"::equals);
        assertThat(sink.all.toByteArray()).isEqualTo(stream);
      }
    }
  }

  @Test
  void manyCuts_giveTheSameEvents() {
    for (long seed = 0; seed < 2000; seed++) {
      byte[] stream = stream(seed);
      int[] cuts = new Random(seed).ints(8, 0, stream.length + 1).sorted().toArray();
      int[] every = new Random(seed).nextBoolean() ? cuts : all(stream.length);
      Collected sink = frame(stream, 10_000, every);
      assertThat(sink.events).as("seed %d", seed).isEqualTo(reference(stream));
      assertThat(sink.all.toByteArray()).isEqualTo(stream);
    }
  }

  private static int[] all(int length) {
    int[] cuts = new int[length];
    Arrays.setAll(cuts, i -> i);
    return cuts;
  }

  @Test
  void overlongEvents_areHandedOutInPartsWhereverTheyAreCut() {
    String small = "data: x\n\n";
    String large = "data: " + "y".repeat(50) + "\n\n";
    byte[] stream = (small + large + small).getBytes(UTF_8);
    for (int cut = 0; cut <= stream.length; cut++) {
      Collected sink = frame(stream, 20, cut);
      assertThat(sink.events).as("cut %d", cut).containsExactly(small, small);
      assertThat(String.join("", sink.parts)).isEqualTo(large);
    }
    assertThat(frame(stream, 20, all(stream.length)).events).containsExactly(small, small);
    assertThat(frame(large.getBytes(UTF_8), 58, all(58)).events).containsExactly(large);
    assertThat(frame(large.getBytes(UTF_8), 57, all(58)).events).isEmpty();
  }

  @Test
  void eventWithinOneChunk_isNotCopied() {
    byte[] chunk = "data: 1\n\ndata: 2\r\n\r\n".getBytes(UTF_8);
    List<String> spans = new ArrayList<>();
    new SseFramer(100)
        .feed(
            chunk,
            new SseFramer.Sink() {
              @Override
              public void event(byte[] bytes, int from, int to) {
                spans.add((bytes == chunk) + " " + from + ".." + to);
              }

              @Override
              public void part(byte[] bytes, int from, int to) {
                spans.add("part");
              }
            });
    assertThat(spans).containsExactly("true 0..9", "true 9..20");
  }

  @Test
  void carriageReturnAtTheEndOfAChunk_doesNotWait() {
    Collected sink = new Collected();
    SseFramer framer = new SseFramer(100);
    framer.feed("data: 1\r\n\r".getBytes(UTF_8), sink);
    assertThat(sink.events).containsExactly("data: 1\r\n\r");
    assertThat(framer.atBoundary()).isTrue();
    framer.feed("\ndata: 2\r\r".getBytes(UTF_8), sink);
    assertThat(sink.parts).containsExactly("\n");
    assertThat(sink.events).containsExactly("data: 1\r\n\r", "data: 2\r\r");
  }

  @Test
  void boundary_isBetweenEventsOnly() {
    Collected sink = new Collected();
    SseFramer framer = new SseFramer(20);
    assertThat(framer.atBoundary()).isTrue();
    String stream = "data: 1\n\n" + "data: " + "x".repeat(30) + "\n\n";
    for (int i = 0; i < stream.length(); i++) {
      framer.feed(new byte[] {(byte) stream.charAt(i)}, sink);
      boolean between = i == 8 || i == stream.length() - 1;
      assertThat(framer.atBoundary()).as("after byte %d", i).isEqualTo(between);
    }
    framer.feed(new byte[0], sink);
    assertThat(framer.atBoundary()).isTrue();
  }

  @Test
  void overlongEvent_isHandedOutAsSoonAsItIsTooLong() {
    Collected sink = new Collected();
    SseFramer framer = new SseFramer(20);
    for (int i = 1; i <= 30; i++) {
      framer.feed(new byte[] {'x'}, sink);
      assertThat(sink.all.size()).isEqualTo(i <= 20 ? 0 : i);
    }
  }

  @Test
  void halfAByteOrderMark_isText() {
    byte[] stream = {(byte) 0xef, (byte) 0xbb, '\n', '\n', 'x', '\n', '\n'};
    List<Integer> lengths = new ArrayList<>();
    SseFramer.Sink sink =
        new SseFramer.Sink() {
          @Override
          public void event(byte[] bytes, int from, int to) {
            lengths.add(to - from);
          }

          @Override
          public void part(byte[] bytes, int from, int to) {
            lengths.add(-1);
          }
        };
    new SseFramer(100).feed(stream, sink);
    assertThat(lengths).containsExactly(4, 3);
  }
}
