/**
 * The YAML that people write, read into the nouns of the other packages; every mistake is reported
 * with its line.
 *
 * <p>Start here: {@link dev.ponder.config.Configuration}.
 */
@NullMarked
package dev.ponder.config;

import org.jspecify.annotations.NullMarked;
