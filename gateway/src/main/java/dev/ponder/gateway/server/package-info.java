/**
 * Sockets: the API, the admin port, keys and health.
 *
 * <p>Start here: {@link dev.ponder.gateway.server.Gateway}.
 */
@NullMarked
package dev.ponder.gateway.server;

import org.jspecify.annotations.NullMarked;
