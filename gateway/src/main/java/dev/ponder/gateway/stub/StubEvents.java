package dev.ponder.gateway.stub;

/** The events of a stream, by number. */
interface StubEvents {

  /** How many there are, the last one included. */
  int size();

  /** Tokens of text within the first {@code event} events. */
  long tokensWithin(int event);

  /** Appends an event, its empty line included. */
  void append(int event, StringBuilder out);
}
