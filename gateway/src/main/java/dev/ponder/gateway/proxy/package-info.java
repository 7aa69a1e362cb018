/**
 * One chat completion from first byte to last cent: read, weigh, call, relay, record.
 *
 * <p>Start here: {@link dev.ponder.gateway.proxy.Exchange}.
 */
@NullMarked
package dev.ponder.gateway.proxy;

import org.jspecify.annotations.NullMarked;
