/**
 * The books: how much money there is, and for how long.
 *
 * <p>Start here: {@link dev.ponder.budget.Budget}.
 */
@NullMarked
package dev.ponder.budget;

import org.jspecify.annotations.NullMarked;
