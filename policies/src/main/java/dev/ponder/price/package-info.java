/**
 * What thinking costs: money, tokens and prices, exact to the nano-dollar.
 *
 * <p>Start here: {@link dev.ponder.price.ModelPrice}, then {@link dev.ponder.price.Usage}.
 */
@NullMarked
package dev.ponder.price;

import org.jspecify.annotations.NullMarked;
