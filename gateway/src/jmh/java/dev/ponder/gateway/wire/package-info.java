/**
 * Benchmarks of the wire package.
 *
 * <p>Start here: {@link dev.ponder.gateway.wire.JsonScanBenchmark}.
 */
@NullMarked
package dev.ponder.gateway.wire;

import org.jspecify.annotations.NullMarked;
