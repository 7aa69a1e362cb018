/**
 * The command line: one class a verb.
 *
 * <p>Start here: {@link dev.ponder.gateway.cli.Main}.
 */
@NullMarked
package dev.ponder.gateway.cli;

import org.jspecify.annotations.NullMarked;
