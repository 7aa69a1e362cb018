package dev.ponder.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Channels of one thread stand for the connections of one event loop; its tasks end a turn. The end
 * of a turn is a task of the first one that waits, and is run by every write to that one.
 */
class TurnFlushTest {

  private final List<EmbeddedChannel> channels = new ArrayList<>();

  @AfterEach
  void close() {
    endTurn();
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
  }

  @Test
  void flush_sendsNothingBeforeTheEndOfTheTurn() {
    EmbeddedChannel first = channel();
    EmbeddedChannel second = channel();

    write(first, "one");
    write(second, "two");
    write(second, "three");

    assertThat(sent(first)).isEmpty();
    assertThat(sent(second)).isEmpty();
    endTurn();
    assertThat(sent(first)).isEqualTo("one");
    assertThat(sent(second)).isEqualTo("twothree");
  }

  @Test
  void flush_sendsInEveryTurnAnew() {
    EmbeddedChannel channel = channel();

    for (String word : List.of("a", "b", "c")) {
      write(channel, word);
      endTurn();
      assertThat(sent(channel)).isEqualTo(word);
    }
  }

  @Test
  void flush_ofTooManyConnectionsInOneTurn_doesNotWaitForItsEnd() {
    List<EmbeddedChannel> many = new ArrayList<>();
    for (int i = 0; i < TurnFlush.WAITING_MAX - 1; i++) {
      EmbeddedChannel channel = channel();
      many.add(channel);
      write(channel, "x");
    }
    assertThat(many).allSatisfy(channel -> assertThat(sent(channel)).isEmpty());

    EmbeddedChannel last = channel();
    many.add(last);
    write(last, "x");

    assertThat(many).allSatisfy(channel -> assertThat(sent(channel)).isEqualTo("x"));
  }

  @Test
  void flush_ofMoreThanTheQueueHolds_isNotHeldBack() {
    EmbeddedChannel channel = channel();
    channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, 2));

    write(channel, "long");

    assertThat(sent(channel)).isEqualTo("long");
  }

  @Test
  void writing_beyondWhatTheQueueHolds_sendsWhatWaits() {
    write(channel(), "first to wait");
    EmbeddedChannel channel = channel();
    channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(200, 400));
    write(channel, "a");
    assertThat(sent(channel)).isEmpty();

    ChannelFuture unused = channel.pipeline().write(bytes("b".repeat(500)));

    assertThat(sent(channel)).startsWith("ab");
  }

  @Test
  void answer_ofTheTurnThatReadItsRequest_isOutWhenTheReadIsComplete() {
    EmbeddedChannel firstToWait = channel();
    write(firstToWait, "later");
    EmbeddedChannel channel = channel();
    write(channel, "404");

    channel.pipeline().fireChannelReadComplete();

    assertThat(sent(channel)).isEqualTo("404");
    assertThat(sent(firstToWait)).isEmpty();
  }

  @Test
  void close_sendsWhatWaitsFirst() {
    EmbeddedChannel channel = channel();
    write(channel, "last words");

    ChannelFuture unused = channel.pipeline().close();

    assertThat(sent(channel)).isEqualTo("last words");
  }

  @Test
  void flush_fromWithinTheEndOfATurn_isNotLost() {
    EmbeddedChannel answered = channel();
    EmbeddedChannel asked = channel();
    asked
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object message) {
                write(answered, "answer");
              }
            });
    write(asked, "question");
    asked.eventLoop().execute(() -> asked.pipeline().fireChannelRead("message"));
    endTurn();

    assertThat(sent(asked)).isEqualTo("question");
    assertThat(sent(answered)).isEqualTo("answer");
  }

  @Test
  void flush_ofMoreConnectionsThanMayWait_fromWithinAFlush_losesNone() {
    List<EmbeddedChannel> others = new ArrayList<>();
    for (int i = 0; i <= TurnFlush.WAITING_MAX; i++) {
      others.add(channel());
    }
    EmbeddedChannel first = channel();
    first
        .pipeline()
        .addFirst(
            new ChannelOutboundHandlerAdapter() {
              @Override
              public void flush(ChannelHandlerContext context) {
                others.forEach(other -> TurnFlushTest.write(other, "x"));
                context.flush();
              }
            });

    write(first, "x");
    endTurn();

    assertThat(sent(first)).isEqualTo("x");
    assertThat(others).allSatisfy(other -> assertThat(sent(other)).isEqualTo("x"));
  }

  private EmbeddedChannel channel() {
    EmbeddedChannel channel = new EmbeddedChannel(new TurnFlush());
    channels.add(channel);
    return channel;
  }

  /** Writes as servers and clients do, whose own handlers stand behind this one. */
  private static void write(EmbeddedChannel channel, String text) {
    ChannelFuture unused = channel.pipeline().write(bytes(text));
    channel.pipeline().flush();
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }

  private void endTurn() {
    channels.forEach(EmbeddedChannel::runPendingTasks);
  }

  private static String sent(EmbeddedChannel channel) {
    StringBuilder text = new StringBuilder();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      text.append(out.toString(StandardCharsets.UTF_8));
      out.release();
    }
    return text.toString();
  }
}
