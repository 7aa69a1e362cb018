package dev.ponder.gateway.proxy;

import dev.ponder.gateway.wire.StreamEvent;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a streamed answer: where it is kept, and the bill of one that is made in
 * the background. That one goes on when its stream breaks off, so its money waits for the end, be
 * it the stream's or one that is asked for later.
 */
final class Keeping {

  private final ResponseStore store;
  private final Attempt attempt;
  private final boolean background;

  /** By which name the bill is kept; null as long as it is not. */
  private @Nullable String name;

  Keeping(ResponseStore store, Attempt attempt, boolean background) {
    this.store = store;
    this.attempt = attempt;
    this.background = background;
  }

  /** An event of the stream came. */
  void see(ExchangeRecord record, StreamEvent event, byte[] bytes) {
    String id = event.id();
    if (id == null && !event.hasThoughts()) {
      return;
    }
    store.keep(record, id, event.thoughts(bytes));
    if (background && name == null && id != null) {
      name = id;
      attempt.park(store.park(id, attempt.funds()));
    }
  }

  /** The stream is whole: it settles the call, unless somebody who asked for the answer has. */
  void ended() {
    if (name != null && attempt.parked()) {
      attempt.park(!store.unpark(name, attempt.funds()));
    }
  }
}
