/**
 * Whose money pays for a call: which policies apply, what they hold, and what was learnt of prices
 * and answers.
 *
 * <p>Start here: {@link dev.ponder.gateway.treasury.Treasury}, then {@link
 * dev.ponder.gateway.treasury.Purse}.
 */
@NullMarked
package dev.ponder.gateway.treasury;

import org.jspecify.annotations.NullMarked;
