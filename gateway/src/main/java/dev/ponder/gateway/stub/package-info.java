/**
 * A fake upstream in the dialects of OpenAI, Azure and Anthropic: deterministic, scriptable down to
 * the byte it dies at. The demo, the load tests and the black-box tests stand on it; it needs no
 * key and no money.
 *
 * <p>Start here: {@link dev.ponder.gateway.stub.StubServer}, then {@link
 * dev.ponder.gateway.stub.Knob} for what can be scripted.
 */
@NullMarked
package dev.ponder.gateway.stub;

import org.jspecify.annotations.NullMarked;
