package dev.ponder.gateway.upstream;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.FastThreadLocal;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpClientConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Holds what is written to a connection until the event loop has read all that came in this turn,
 * and then sends it together with what was written to other connections.
 *
 * <p>Every send wakes up who is at the other end of the connection. Sent one by one, between two
 * pieces of work, each costs the system a wake-up and often a change of the running thread; sent in
 * a row, most of them find the other end awake. A loop that reads one connection a turn sends as
 * soon as it always did, and what is answered at once goes out with the end of the read: a client
 * may have closed its side behind its request.
 */
public final class TurnFlush extends ChannelDuplexHandler {

  /** So many connections do not wait for the rest of a long turn. */
  static final int WAITING_MAX = 32;

  private static final FastThreadLocal<Turn> TURN =
      new FastThreadLocal<>() {
        @Override
        protected Turn initialValue() {
          return new Turn();
        }
      };

  private boolean waits;

  TurnFlush() {}

  /** Lets a connection send at the end of its event loop's turns. */
  public static void on(HttpConnection connection) {
    ChannelHandlerContext last =
        connection instanceof HttpServerConnection server
            ? server.channelHandlerContext()
            : ((HttpClientConnection) connection).channelHandlerContext();
    last.pipeline().addFirst(new TurnFlush());
  }

  @Override
  public void flush(ChannelHandlerContext context) {
    if (!context.channel().isWritable()) {
      flushNow(context); // whoever writes waits until there is room
    } else if (!waits) {
      waits = true;
      TURN.get().add(context);
    }
  }

  private void flushNow(ChannelHandlerContext context) {
    waits = false;
    context.flush();
  }

  private void flushWaiting(ChannelHandlerContext context) {
    if (waits) {
      flushNow(context);
    }
  }

  /** What the bytes just read were answered with must be out before the end of input is seen. */
  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    context.fireChannelReadComplete();
    flushWaiting(context);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (!context.channel().isWritable()) {
      flushWaiting(context);
    }
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void disconnect(ChannelHandlerContext context, ChannelPromise promise) throws Exception {
    flushWaiting(context);
    super.disconnect(context, promise);
  }

  @Override
  public void close(ChannelHandlerContext context, ChannelPromise promise) throws Exception {
    flushWaiting(context);
    super.close(context, promise);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    flushWaiting(context);
  }

  /** The connections of one event loop that wait for the end of its turn. */
  private static final class Turn implements Runnable {

    private final Queue<ChannelHandlerContext> waiting = new ArrayDeque<>(WAITING_MAX);
    private boolean ends;

    void add(ChannelHandlerContext context) {
      waiting.add(context);
      if (!ends) {
        ends = true;
        context.executor().execute(this); // the loop's tasks come after its reading
      } else if (waiting.size() >= WAITING_MAX) {
        flushAll();
      }
    }

    @Override
    public void run() {
      ends = false;
      flushAll();
    }

    /** What is sent may make room for more, so that connections come to wait meanwhile. */
    private void flushAll() {
      for (ChannelHandlerContext next = waiting.poll(); next != null; next = waiting.poll()) {
        ((TurnFlush) next.handler()).flushWaiting(next);
      }
    }
  }
}
