package dev.ponder.gateway.stub;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/** What all the exchanges of a stub share; safe to use from every event loop. */
final class StubRoom {

  private final Vertx vertx;
  private final StubOptions options;
  private final Profiles profiles;
  private final StubLog log;
  private final Attempts attempts = new Attempts();
  private final ResponseShelf shelf = new ResponseShelf();
  private final InstantSource clock;
  private final AtomicLong sequence = new AtomicLong();

  StubRoom(Vertx vertx, StubOptions options, InstantSource clock) {
    this.vertx = vertx;
    this.options = options;
    this.clock = clock;
    profiles = new Profiles(options);
    log = new StubLog(options.keepCalls(), options.keepBodies());
  }

  /** Sixteen hexadecimal digits that look random and follow from the seed and the count. */
  String nextId() {
    return HexFormat.of().toHexDigits(Mix.fold(options.seed(), sequence.incrementAndGet()));
  }

  /** How many calls have had an id. */
  long begun() {
    return sequence.get();
  }

  /** Throws a {@link StubRefusal} unless the request carries the key, if one is asked for. */
  void checkKey(HttpServerRequest http) {
    String key = options.requireKey();
    if (key != null
        && !("Bearer " + key).equals(http.getHeader("authorization"))
        && !key.equals(http.getHeader("x-api-key"))
        && !key.equals(http.getHeader("api-key"))) {
      throw StubRefusal.wrongKey();
    }
  }

  Vertx vertx() {
    return vertx;
  }

  StubOptions options() {
    return options;
  }

  Profiles profiles() {
    return profiles;
  }

  StubLog log() {
    return log;
  }

  Attempts attempts() {
    return attempts;
  }

  ResponseShelf shelf() {
    return shelf;
  }

  InstantSource clock() {
    return clock;
  }

  long seed() {
    return options.seed();
  }
}
