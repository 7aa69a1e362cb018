/**
 * Who may ask which model, and the decision: the nouns of a configuration and the pure function
 * that chooses among them.
 *
 * <p>Start here: {@link dev.ponder.policy.Router}.
 */
@NullMarked
package dev.ponder.policy;

import org.jspecify.annotations.NullMarked;
