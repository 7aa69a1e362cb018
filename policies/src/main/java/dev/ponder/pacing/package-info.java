/**
 * How fast money may go: the price of money over the rest of a window.
 *
 * <p>Start here: {@link dev.ponder.pacing.Pacer}.
 */
@NullMarked
package dev.ponder.pacing;

import org.jspecify.annotations.NullMarked;
