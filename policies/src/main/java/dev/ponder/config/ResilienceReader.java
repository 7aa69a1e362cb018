package dev.ponder.config;

import dev.ponder.policy.Resilience;
import dev.ponder.policy.Resilience.Breaker;
import dev.ponder.policy.Resilience.Queue;
import dev.ponder.policy.Resilience.Retries;
import java.time.Duration;

/** Reads {@code retries}, {@code breaker} and {@code queue} of an upstream. */
final class ResilienceReader {

  private ResilienceReader() {}

  static Resilience read(YamlMapping upstream) {
    return new Resilience(
        upstream
            .get("retries")
            .flatMap(v -> v.mapping(Section.RETRIES, "max, budget and wait"))
            .map(ResilienceReader::retries)
            .orElse(Retries.DEFAULT),
        upstream
            .get("breaker")
            .flatMap(v -> v.mapping(Section.BREAKER, "failures, rate and pause"))
            .map(ResilienceReader::breaker)
            .orElse(Breaker.DEFAULT),
        upstream
            .get("queue")
            .flatMap(v -> v.mapping(Section.QUEUE, "size and timeout"))
            .map(ResilienceReader::queue)
            .orElse(Queue.DEFAULT));
  }

  private static Retries retries(YamlMapping mapping) {
    Retries usual = Retries.DEFAULT;
    return new Retries(
        count(mapping, "max", 0, 10, usual.max()),
        share(mapping, "budget", usual.budget()),
        time(mapping, "wait", Duration.ofMinutes(5), usual.longestWait()));
  }

  private static Breaker breaker(YamlMapping mapping) {
    Breaker usual = Breaker.DEFAULT;
    return new Breaker(
        count(mapping, "failures", 1, 1_000, usual.failures()),
        share(mapping, "rate", usual.rate()),
        time(mapping, "pause", Duration.ofHours(1), usual.pause()));
  }

  private static Queue queue(YamlMapping mapping) {
    Queue usual = Queue.DEFAULT;
    return new Queue(
        count(mapping, "size", 0, 100_000, usual.size()),
        time(mapping, "timeout", Duration.ofHours(1), usual.timeout()));
  }

  private static int count(YamlMapping mapping, String key, int min, int max, int otherwise) {
    return mapping.get(key).flatMap(v -> v.integer(min, max)).orElse(otherwise);
  }

  private static double share(YamlMapping mapping, String key, double otherwise) {
    return mapping
        .get(key)
        .flatMap(v -> v.parse("a share of 0% to 100%, such as 20%", Quantities::share))
        .orElse(otherwise);
  }

  private static Duration time(YamlMapping mapping, String key, Duration max, Duration otherwise) {
    return mapping
        .get(key)
        .flatMap(v -> Quantities.duration(v, Duration.ofMillis(1), max))
        .orElse(otherwise);
  }
}
