package dev.ponder.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.ponder.gateway.stub.StubCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that leave, and clients that read slowly: a provider bills for as long as it writes. */
class DisconnectTest {

  private static final int ROUNDS = 5;
  private static final long PROMPT_MILLIS = 100;
  private static final int HELD_MAX = 256 * 1024;
  private static final byte[] EVENT =
      ("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
              + "x".repeat(960)
              + "\"}}]}\n\n")
          .getBytes(UTF_8);
  private static final long WRITTEN_MAX = 64L << 20;

  private static RawUpstream upstream;
  private static RunningGateway gateway;
  private static volatile RawUpstream.Script script;

  @BeforeAll
  static void start() throws IOException {
    upstream = new RawUpstream(call -> script.answer(call));
    gateway =
        RunningGateway.start(
            """
            upstreams:
              stub: { base_url: "${STUB}" }
              raw: { base_url: "%s" }
            models:
              mini: { served_by: stub/stub-mini, price: { input: 1, output: 2 } }
              raw: { served_by: raw/x, price: { input: 1, output: 2 } }
            """
                .formatted(upstream.baseUrl()));
  }

  @AfterAll
  static void stop() throws IOException {
    gateway.close();
    upstream.close();
  }

  /** When the client leaves. */
  private enum Moment {
    BEFORE_THE_HEAD,
    IN_MID_STREAM,
    PLAIN_BEFORE_THE_HEAD,
    PLAIN_IN_MID_BODY
  }

  @ParameterizedTest
  @EnumSource(Moment.class)
  void client_gone_endsTheCallAtOnce(Moment moment) throws Exception {
    List<Long> millis = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      millis.add(leave(moment));
    }
    // The least of them is the gateway's doing, the others are a busy machine's.
    assertThat(millis).anyMatch(each -> each <= PROMPT_MILLIS);
    String stage = moment.name().toLowerCase(Locale.ROOT);
    Eventually.holds("nothing in flight " + stage, () -> inFlight() == 0);
  }

  private static long leave(Moment moment) throws Exception {
    CompletableFuture<Boolean> begun = new CompletableFuture<>();
    CompletableFuture<Long> left = new CompletableFuture<>();
    boolean stream = moment == Moment.BEFORE_THE_HEAD || moment == Moment.IN_MID_STREAM;
    script =
        call -> {
          if (moment == Moment.IN_MID_STREAM) {
            call.beginStream().chunk(EVENT);
          } else if (moment == Moment.PLAIN_IN_MID_BODY) {
            call.write("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"choices\":");
          }
          begun.complete(true);
          boolean again = call.awaitLeaving();
          left.complete(System.nanoTime());
          return again;
        };
    RawHttp client = new RawHttp(gateway.apiUrl());
    client.chat(stream ? RawHttp.askStream("raw", "x") : RawHttp.ask("raw", "x"));
    begun.get(20, TimeUnit.SECONDS);
    if (moment == Moment.IN_MID_STREAM) {
      client.readStatus();
      client.readHeaders();
      client.readChunk();
    }
    long closed = System.nanoTime();
    client.close();
    return TimeUnit.NANOSECONDS.toMillis(left.get(20, TimeUnit.SECONDS) - closed);
  }

  private static double inFlight() {
    try {
      return Scrape.of(gateway).sum("ponder_requests_in_flight");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void client_gone_isSeenByTheStub_andCountedAsCancelled() throws IOException {
    Scrape before = Scrape.of(gateway);
    try (RawHttp client = new RawHttp(gateway.apiUrl())) {
      client.chat(
          RawHttp.askStream("mini", "x"),
          "x-request-id: leaver",
          "x-stub-script: tokens=9; stall=after_events:4");
      client.readStatus();
      client.readHeaders();
      client.readChunksUntil("delta");
    }
    StubCall call = Scenes.call(gateway, "leaver");
    assertThat(call.aborted()).isTrue();
    assertThat(call.usage().outputTokens()).isBetween(1L, 8L);
    String cancelled = "outcome=\"cancelled\"";
    Eventually.holds("counted", () -> rise(before, "ponder_requests_total", cancelled) == 1);
    Eventually.holds(
        "counted", () -> rise(before, "ponder_stream_aborts_total", "by=\"client\"") == 1);
    assertThat(rise(before, "ponder_upstream_requests_total", cancelled)).isEqualTo(1);
  }

  private static double rise(Scrape before, String name, String label) {
    try {
      return Scrape.of(gateway).sum(name, label) - before.sum(name, label);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** What the kernel holds is subtracted, so that what is left is what the gateway holds. */
  @Test
  void client_readsSlowly_andTheUpstreamWaits() throws Exception {
    assumeThat(Path.of("/proc/net/tcp")).describedAs("needs Linux's socket table").exists();
    AtomicLong written = new AtomicLong();
    AtomicBoolean enough = new AtomicBoolean();
    script =
        call -> {
          call.socket().setSendBufferSize(16 * 1024);
          call.beginStream();
          while (written.get() < WRITTEN_MAX && !enough.get()) {
            call.chunk(EVENT);
            written.addAndGet(EVENT.length);
          }
          return call.chunk("data: [DONE]\n\n").end();
        };
    try (RawHttp client = new RawHttp(gateway.apiUrl(), 64 * 1024)) {
      client.chat(RawHttp.askStream("raw", "x"));
      assertThat(client.readStatus()).isEqualTo(200);
      client.readHeaders();
      Eventually.settles("the upstream waits", written::get);
      long held = written.get() - queued(client.localPort());
      assertThat(written.get()).isLessThan(WRITTEN_MAX);
      assertThat(held).describedAs("bytes held of " + written.get()).isLessThan(HELD_MAX);
      enough.set(true);
      long read = 0;
      byte[] last = {};
      for (byte[] chunk = client.readChunk(); chunk.length > 0; chunk = client.readChunk()) {
        read += chunk.length;
        last = chunk;
      }
      assertThat(read).isEqualTo(written.get() + "data: [DONE]\n\n".length());
      assertThat(new String(last, UTF_8)).endsWith("data: [DONE]\n\n");
    }
  }

  /** Bytes in the socket queues of the client's connection and of all to the upstream. */
  private static long queued(int clientPort) throws IOException {
    long bytes = 0;
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      if (!Files.exists(Path.of(table))) {
        continue;
      }
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] fields = line.strip().split("\\s+", 0);
        if (fields.length < 5 || !fields[1].contains(":") || !fields[3].equals("01")) {
          continue;
        }
        List<Integer> ports = Arrays.asList(port(fields[1]), port(fields[2]));
        if (ports.contains(clientPort) || ports.contains(upstream.port())) {
          String[] queues = fields[4].split(":", 0);
          bytes += Long.parseLong(queues[0], 16) + Long.parseLong(queues[1], 16);
        }
      }
    }
    return bytes;
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16);
  }
}
