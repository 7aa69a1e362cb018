package dev.ponder.gateway.translate;

/**
 * A stream of events in one dialect that is told anew in the other. It is fed whole events, as
 * {@link dev.ponder.gateway.wire.SseFramer} hands them out. One per stream; not safe for use by two
 * threads.
 */
public interface StreamTranslation {

  /** The longest event that has to be handed over whole: a tool's input may come in one piece. */
  int EVENT_BYTES_MAX = 8 * 1024 * 1024;

  /** Takes an event and returns what the client gets for it, in UTF-8: events, or nothing. */
  byte[] event(byte[] bytes, int from, int to);

  /**
   * Takes the end of the upstream's stream and returns what is still to be said. Nothing, if the
   * stream was not over yet: then it must not look complete, either.
   */
  byte[] end();

  /** Whether the client has got the end of its stream, after which nothing may follow. */
  boolean over();

  /** Whether the upstream reported an error, of which the client has been told. */
  boolean failed();
}
