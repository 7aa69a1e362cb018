package dev.ponder.gateway.ledger;

import dev.ponder.budget.Entry;
import dev.ponder.budget.Reservation;
import java.util.List;

/**
 * One row of the ledger on its way to the disk.
 *
 * @param call whose call it was
 * @param reserved what was set aside, in nano-dollars
 * @param shares the accounts that the entry's amount is posted to; empty for an unbudgeted call
 * @param entry how it ended
 * @param slot the slot of the {@link OpenTable} that keeps it until it is durable, or {@link
 *     OpenTable#NO_SLOT}
 */
record LedgerRow(
    CallRecord call, long reserved, List<Reservation.Share> shares, Entry entry, int slot) {}
