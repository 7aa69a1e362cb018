/**
 * The same conversation in another dialect: OpenAI's chat completions as Anthropic's Messages and
 * back. Requests, answers, errors and streams go in as bytes and come out as bytes; nothing here
 * knows a socket, a clock or a budget.
 *
 * <p>Start here: {@link dev.ponder.gateway.translate.MessagesRequest}.
 */
@NullMarked
package dev.ponder.gateway.translate;

import org.jspecify.annotations.NullMarked;
