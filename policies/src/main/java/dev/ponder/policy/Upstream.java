package dev.ponder.policy;

import java.net.URI;
import java.util.Optional;

/**
 * A server that models are called at.
 *
 * @param name the configured name
 * @param provider the API that it speaks
 * @param baseUrl absolute http or https URL, without a slash at its end
 * @param apiKey where its key is found; absent for servers that want none
 * @param timeouts how long it may take
 * @param maxConcurrency calls at the same time, 1 to 100,000
 * @param on5xx what a call is taken to cost that it answers with a status of 500 to 599
 * @param resilience how it is treated when it fails or is full
 * @param apiVersion the version of its API that is asked for; there with Azure, and only there
 * @param reportedCost whether a cost that its answers tell counts more than the price
 */
public record Upstream(
    String name,
    Provider provider,
    URI baseUrl,
    Optional<SecretReference> apiKey,
    Timeouts timeouts,
    int maxConcurrency,
    On5xx on5xx,
    Resilience resilience,
    Optional<String> apiVersion,
    boolean reportedCost) {

  /** The APIs that Ponder speaks to upstreams. */
  public enum Provider {
    OPENAI,
    AZURE_OPENAI,
    ANTHROPIC
  }

  /** What a call is taken to cost that failed on the upstream's side. */
  public enum On5xx {
    /** Nothing. */
    VOID,
    /** All that was set aside for it, until a bill says otherwise. */
    PRESUME
  }

  public Upstream {
    if (maxConcurrency < 1 || maxConcurrency > 100_000) {
      throw new IllegalArgumentException(
          "maxConcurrency: " + maxConcurrency + " (expected: 1..100000)");
    }
    if (apiVersion.isPresent() != (provider == Provider.AZURE_OPENAI)) {
      throw new IllegalArgumentException(
          "apiVersion: " + apiVersion + " (expected: one with AZURE_OPENAI, else none)");
    }
  }

  /** An upstream that is treated as most are. */
  public Upstream(
      String name,
      Provider provider,
      URI baseUrl,
      Optional<SecretReference> apiKey,
      Timeouts timeouts,
      int maxConcurrency,
      On5xx on5xx) {
    this(
        name,
        provider,
        baseUrl,
        apiKey,
        timeouts,
        maxConcurrency,
        on5xx,
        Resilience.DEFAULT,
        Optional.empty(),
        true);
  }
}
