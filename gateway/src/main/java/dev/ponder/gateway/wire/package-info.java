/**
 * Bytes: find a JSON member and splice it, frame SSE events, find the usage, name an error.
 *
 * <p>Start here: {@link dev.ponder.gateway.wire.JsonScan}.
 */
@NullMarked
package dev.ponder.gateway.wire;

import org.jspecify.annotations.NullMarked;
