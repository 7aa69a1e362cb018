/**
 * Benchmarks of the telemetry package.
 *
 * <p>Start here: {@link dev.ponder.gateway.telemetry.MetersBenchmark}.
 */
@NullMarked
package dev.ponder.gateway.telemetry;

import org.jspecify.annotations.NullMarked;
