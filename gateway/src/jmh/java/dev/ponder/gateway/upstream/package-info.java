/**
 * Benchmarks of the upstream package.
 *
 * <p>Start here: {@link dev.ponder.gateway.upstream.DeploymentStateBenchmark}.
 */
@NullMarked
package dev.ponder.gateway.upstream;

import org.jspecify.annotations.NullMarked;
