package dev.ponder.gateway.server;

/** Whether the gateway is ready for requests; it never depends on an upstream. */
final class Health {

  /** The states of a gateway's life. */
  enum State {
    STARTING,
    READY,
    DRAINING
  }

  private volatile State state = State.STARTING;

  State state() {
    return state;
  }

  void set(State next) {
    state = next;
  }
}
