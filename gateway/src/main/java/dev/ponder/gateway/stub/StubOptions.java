package dev.ponder.gateway.stub;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a stub listens, what it remembers and how it answers by default.
 *
 * @param host the address to listen at
 * @param port 0 for a free one
 * @param instances event loops that serve; 1 to 256
 * @param seed changes every drawn length
 * @param keepCalls calls that the log remembers; 1 to 10,000,000
 * @param keepBodies calls whose request body is remembered as well; 0 to 100,000
 * @param bodyMax bytes of a request body, beyond which the answer is 413
 * @param requireKey the bearer key to ask for, or null for none
 * @param defaults the script of every model
 * @param models the profile of some models, laid over {@code defaults}
 */
public record StubOptions(
    String host,
    int port,
    int instances,
    long seed,
    int keepCalls,
    int keepBodies,
    int bodyMax,
    @Nullable String requireKey,
    StubScript defaults,
    Map<String, StubScript> models) {

  public StubOptions {
    check("port", port, 0, 65_535);
    check("instances", instances, 1, 256);
    check("keepCalls", keepCalls, 1, 10_000_000);
    check("keepBodies", keepBodies, 0, 100_000);
    check("bodyMax", bodyMax, 1, 1 << 30);
    models = Map.copyOf(models);
  }

  /** One event loop at a free port of the loopback interface, 10,000 calls remembered. */
  public static StubOptions standard() {
    return new StubOptions(
        "127.0.0.1", 0, 1, 1, 10_000, 100, 128 << 20, null, StubScript.EMPTY, Map.of());
  }

  public StubOptions withSeed(long newSeed) {
    return new StubOptions(
        host,
        port,
        instances,
        newSeed,
        keepCalls,
        keepBodies,
        bodyMax,
        requireKey,
        defaults,
        models);
  }

  public StubOptions withInstances(int newInstances) {
    return new StubOptions(
        host,
        port,
        newInstances,
        seed,
        keepCalls,
        keepBodies,
        bodyMax,
        requireKey,
        defaults,
        models);
  }

  public StubOptions withKeep(int newKeepCalls, int newKeepBodies) {
    return new StubOptions(
        host,
        port,
        instances,
        seed,
        newKeepCalls,
        newKeepBodies,
        bodyMax,
        requireKey,
        defaults,
        models);
  }

  public StubOptions withBodyMax(int newBodyMax) {
    return new StubOptions(
        host,
        port,
        instances,
        seed,
        keepCalls,
        keepBodies,
        newBodyMax,
        requireKey,
        defaults,
        models);
  }

  public StubOptions withRequireKey(String key) {
    return new StubOptions(
        host, port, instances, seed, keepCalls, keepBodies, bodyMax, key, defaults, models);
  }

  public StubOptions withDefaults(StubScript newDefaults) {
    return new StubOptions(
        host,
        port,
        instances,
        seed,
        keepCalls,
        keepBodies,
        bodyMax,
        requireKey,
        newDefaults,
        models);
  }

  /** With a profile for one more model. */
  public StubOptions withModel(String model, StubScript profile) {
    Map<String, StubScript> more = new LinkedHashMap<>(models);
    more.put(model, profile);
    return new StubOptions(
        host, port, instances, seed, keepCalls, keepBodies, bodyMax, requireKey, defaults, more);
  }

  private static void check(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + min + ".." + max + ")");
    }
  }
}
