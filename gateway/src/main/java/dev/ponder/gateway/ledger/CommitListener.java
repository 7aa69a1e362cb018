package dev.ponder.gateway.ledger;

/** Who is told of each commit of a ledger, on the ledger's own thread. */
@FunctionalInterface
public interface CommitListener {

  /** A commit took so long, and either all of it is durable or nothing. */
  void committed(long nanos, boolean succeeded);
}
