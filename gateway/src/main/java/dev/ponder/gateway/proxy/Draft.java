package dev.ponder.gateway.proxy;

import dev.ponder.classify.Signal;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Outlook;
import dev.ponder.policy.Router;
import dev.ponder.policy.Upstream;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request that was read and not decided on yet. It keeps no text: the buffers that it was read
 * through are used for the next request while a scorer elsewhere still thinks about this one.
 *
 * @param view its bytes and where its members are
 * @param target what its name stands for
 * @param providers those that can be told it
 * @param hint the caller's score; absent if it gave none
 * @param score what the built-in classifier says, 0 to 1; 0 if nothing was scored
 * @param outlook how many tokens answers are expected to take
 * @param inputTokens about how many tokens the request has
 * @param signals what moved the score most; empty unless asked for
 * @param question what a scorer of the user's own is asked; null if there is none to ask
 * @param parseNanos how long reading took
 * @param classifyNanos how long scoring took; -1 if nothing was scored
 */
record Draft(
    RequestView view,
    Router.Target target,
    Set<Upstream.Provider> providers,
    OptionalDouble hint,
    double score,
    Outlook outlook,
    long inputTokens,
    List<Signal> signals,
    @Nullable ScorerQuestion question,
    long parseNanos,
    long classifyNanos) {}
