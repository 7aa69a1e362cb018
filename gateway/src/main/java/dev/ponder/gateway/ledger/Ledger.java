package dev.ponder.gateway.ledger;

import dev.ponder.budget.AccountKey;
import dev.ponder.budget.Books;
import dev.ponder.budget.Entry;
import dev.ponder.budget.Reservation;
import java.io.IOException;
import java.util.Map;

/**
 * Keeps the books over restarts. No method but {@link #usage} and {@link #close} waits for a disk;
 * all others may be called from event loops.
 */
public interface Ledger extends AutoCloseable {

  /**
   * Books as the last process left them, with every call that it had sent and not settled presumed.
   */
  Books books();

  /** Whether calls that are charged to a budget may be sent: what happens to them can be kept. */
  boolean accepts();

  /**
   * Notes that a call is about to be sent. When this returns, a kill of the process cannot hide it
   * any more.
   *
   * @return false if it cannot be noted: the call must not be sent
   */
  boolean dispatched(Reservation reservation, CallRecord call);

  /**
   * Notes how a reservation ended, or was corrected; durable shortly after. Never blocks. Never
   * lost if a budget is charged for it; what is owed to none may be {@link #dropped} while nothing
   * can be written.
   */
  void ended(Reservation reservation, CallRecord call, Entry entry);

  /** What pacers had learnt before the restart: snapshots by account. */
  Map<AccountKey, String> pacers();

  /** Keeps what a pacer has learnt. */
  void keep(AccountKey account, String snapshot);

  /** Models that broke their caps, by configured name, with the most output tokens seen. */
  Map<String, Long> capBreakers();

  /** Remembers a model that wrote more than its cap allowed. */
  void brokeCap(String model, long tokens);

  /**
   * Forgets that a model broke its cap: its operator has seen to it.
   *
   * @return false if there was nothing to forget
   */
  boolean trust(String model);

  /** Entries that are not durable yet. */
  int backlog();

  /** Entries since the start that were given up: of calls that no budget is charged for. */
  default long dropped() {
    return 0;
  }

  /** Tells this one of every commit from now on; of books in memory there is none. */
  default void watch(CommitListener listener) {}

  /**
   * Who used what and what it cost, as far as it is durable. Waits for a disk: not for an event
   * loop.
   *
   * @throws IOException if the ledger cannot be read
   */
  default UsageReport usage(UsageReport.Query query) throws IOException {
    throw new UnsupportedOperationException("usage");
  }

  /** Writes everything and lets go of the file; waits for it. */
  @Override
  void close();
}
