package dev.ponder.gateway.server;

import dev.ponder.gateway.proxy.House;

/**
 * One configuration as it is served: replaced as a whole when the configuration changes.
 *
 * @param house what all event loops share
 * @param keyring who may ask
 * @param models what may be asked for
 * @param bodies what request bodies are taken from; the same one under every configuration
 */
record Served(House house, Keyring keyring, ModelList models, BodyMemory bodies) {}
