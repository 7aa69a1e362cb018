/**
 * How the scorer is fitted: examples in, a model out. Pure and deterministic, so that the same
 * examples always give the same model.
 *
 * <p>Start here: {@link dev.ponder.training.Trainer}.
 */
@NullMarked
package dev.ponder.training;

import org.jspecify.annotations.NullMarked;
