/**
 * The boards in {@code dashboards/}, as code: what stands on them, and how that becomes JSON.
 *
 * <p>Start here: {@link dev.ponder.gateway.boards.Boards}, which lists and writes them.
 */
@NullMarked
package dev.ponder.gateway.boards;

import org.jspecify.annotations.NullMarked;
