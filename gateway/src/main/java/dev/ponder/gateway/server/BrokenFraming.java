package dev.ponder.gateway.server;

import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Dialect;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets clients whose bytes are not HTTP read what is wrong with them.
 *
 * <p>Left alone, the server closes a connection at once when a body's framing breaks, without an
 * answer, and right behind its answer when a head does not parse, which resets a client that still
 * sends before it has read. Here, a body that breaks comes to its end like others, and whoever
 * reads it finds {@link #brokenBody}; the connection is closed after the last answer, for writing
 * at once and for reading a moment later.
 */
final class BrokenFraming extends ChannelDuplexHandler {

  /** How long a client that still sends has to read its error. */
  static final long LINGER_MILLIS = 1_000;

  private static final String NAME = "broken-framing";

  private @Nullable HttpRequest current;
  private @Nullable Throwable broken;
  private long asked;
  private long answered;

  private BrokenFraming() {}

  /** Watches a connection from its first byte on. */
  static void watch(HttpConnection connection) {
    ChannelHandlerContext last = ((HttpServerConnection) connection).channelHandlerContext();
    last.pipeline().addBefore(last.name(), NAME, new BrokenFraming());
  }

  /** What is wrong with the framing of a body that has come to its end; null if nothing is. */
  static @Nullable ApiError brokenBody(HttpServerRequest request) {
    DecoderResult result = request.decoderResult();
    return result.isFailure() ? ApiError.brokenBody() : null;
  }

  /** Answers a request whose head does not parse, in the dialect of its path. */
  static void refuse(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    ApiError error;
    if (cause instanceof TooLongHttpLineException) {
      error = ApiError.uriTooLong(ApiVerticle.LINE_BYTES_MAX);
    } else if (cause instanceof TooLongHttpHeaderException) {
      error = ApiError.headersTooLarge();
    } else {
      error = ApiError.brokenHead(cause.getMessage());
    }
    String requestId = RequestIds.of(request.getHeader("x-request-id"));
    request.response().headers().set("x-request-id", requestId).set("connection", "close");
    String path = request.path();
    ApiHandler.send(request.response(), Dialect.ofErrors(path == null ? "" : path), error);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpRequest head) {
      current = head;
      asked++;
    }
    Throwable cause = message instanceof HttpObject part ? part.decoderResult().cause() : null;
    if (cause == null) {
      context.fireChannelRead(message);
      return;
    }
    broken = cause;
    boolean idle = answered == asked; // nobody waited for this body
    HttpRequest request = current;
    if (message instanceof HttpContent && !(message instanceof HttpRequest) && request != null) {
      ReferenceCountUtil.release(message);
      request.setDecoderResult(DecoderResult.failure(cause));
      context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
    } else {
      context.fireChannelRead(message);
    }
    if (idle) {
      closeSoon(context);
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    boolean interim =
        message instanceof HttpResponse head
            && head.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    ChannelFuture unused = context.write(message, promise); // whoever wrote it looks at the promise
    if (message instanceof LastHttpContent && !interim) {
      answered++;
      if (broken != null && answered == asked) {
        closeSoon(context);
      }
    }
  }

  private static void closeSoon(ChannelHandlerContext context) {
    context
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(out -> finish(context.channel()))
        .addListener(out -> closeLater(context));
  }

  private static void finish(Channel channel) {
    if (channel instanceof DuplexChannel duplex && channel.isActive()) {
      ChannelFuture unused = duplex.shutdownOutput(); // it is closed in a moment, whatever comes
    }
  }

  private static void closeLater(ChannelHandlerContext context) {
    Runnable close =
        () -> {
          ChannelFuture unused = context.close();
        };
    Future<?> unused = context.executor().schedule(close, LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** The server throws what it found as soon as the request is answered, to close everything. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause != broken) {
      context.fireExceptionCaught(cause);
    }
  }
}
