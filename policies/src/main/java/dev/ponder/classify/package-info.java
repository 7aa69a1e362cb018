/**
 * How much a request would gain from reasoning.
 *
 * <p>Start here: {@link dev.ponder.classify.Classifier}.
 */
@NullMarked
package dev.ponder.classify;

import org.jspecify.annotations.NullMarked;
