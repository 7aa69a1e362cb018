package dev.ponder.gateway.proxy;

import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.JsonSplice;
import dev.ponder.policy.Candidate;
import io.vertx.core.MultiMap;
import java.util.function.Supplier;

/** Sends a request on, told in the upstream's dialect where that is another one. */
final class Dispatch {

  private final Lane lane;
  private final Exchange exchange;
  private final MultiMap clientHeaders;

  Dispatch(Lane lane, Exchange exchange, MultiMap clientHeaders) {
    this.lane = lane;
    this.exchange = exchange;
    this.clientHeaders = clientHeaders;
  }

  /**
   * Sends it, or refuses it if it cannot be said there.
   *
   * @param body the client's bytes with all edits
   * @param requestBytes how many there are: many are translated elsewhere than on the event loop
   */
  void send(Attempt call, JsonSplice body, int requestBytes) {
    Translation into = call.translation();
    if (into == null) {
      call.send(clientHeaders, exchange.record(), Outgoing.of(body));
      return;
    }
    Candidate candidate = call.candidate();
    Supplier<byte[]> told = () -> into.request(body.toBytes(), candidate, call.funds().effort());
    if (requestBytes <= Weighing.INLINE_MAX) {
      send(call, told);
    } else {
      lane.vertx()
          .executeBlocking(told::get, false)
          .onComplete(
              bytes -> exchange.guard(() -> send(call, () -> bytes)),
              failure -> exchange.guard(() -> send(call, () -> rethrow(failure))));
    }
  }

  private void send(Attempt call, Supplier<byte[]> body) {
    byte[] bytes;
    try {
      bytes = body.get();
    } catch (ApiError unsayable) {
      call.refuse(unsayable);
      return;
    }
    call.send(clientHeaders, exchange.record(), Outgoing.of(bytes));
  }

  private static byte[] rethrow(Throwable failure) {
    throw failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
  }
}
