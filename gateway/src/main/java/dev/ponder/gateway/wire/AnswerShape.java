package dev.ponder.gateway.wire;

/** How the answers of a dialect are laid out, whole ones and the events of streams. */
interface AnswerShape {

  /** An object begins. */
  default void begun() {}

  /** Reads the top-level member whose value comes next; none of them is an {@code error}. */
  void member();

  /** All members were read: they come in any order. */
  default void ended() {}
}
