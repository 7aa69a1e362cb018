package dev.ponder.gateway.proxy;

/**
 * What a classifier said of a request.
 *
 * @param value how much reasoning would help, 0 to 1
 * @param classifier who said so, by its name
 * @param nanos how long it took; -1 if nothing was scored
 */
record Score(double value, String classifier, long nanos) {}
