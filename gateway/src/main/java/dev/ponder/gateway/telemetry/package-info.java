/**
 * What the gateway tells the world: metrics and the decision log, never a word of a prompt.
 *
 * <p>Start here: {@link dev.ponder.gateway.telemetry.Meters}.
 */
@NullMarked
package dev.ponder.gateway.telemetry;

import org.jspecify.annotations.NullMarked;
