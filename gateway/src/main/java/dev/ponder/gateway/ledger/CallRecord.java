package dev.ponder.gateway.ledger;

/**
 * Who called whom: what a ledger row tells besides the money.
 *
 * @param openedMillis when the money was set aside, in milliseconds since 1970
 * @param requestId the exchange's request id, as logs and the upstream know it
 * @param attempt which call of the exchange it is, from 1
 * @param key the caller's key by name
 * @param team its team; empty if none
 * @param route the route or model asked for
 * @param model the configured name of the model called
 * @param deployment where: {@code UPSTREAM/MODEL}
 * @param cap the limit on the output that the gateway set, in tokens; -1: none
 */
public record CallRecord(
    long openedMillis,
    String requestId,
    int attempt,
    String key,
    String team,
    String route,
    String model,
    String deployment,
    long cap) {}
