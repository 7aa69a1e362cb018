/**
 * One call to one provider: the connection pools, the headers that travel, the secrets.
 *
 * <p>Start here: {@link dev.ponder.gateway.upstream.UpstreamClient}.
 */
@NullMarked
package dev.ponder.gateway.upstream;

import org.jspecify.annotations.NullMarked;
