/**
 * The books made durable: what was sent and what was billed survives the process.
 *
 * <p>Start here: {@link dev.ponder.gateway.ledger.Ledger}.
 */
@NullMarked
package dev.ponder.gateway.ledger;

import org.jspecify.annotations.NullMarked;
