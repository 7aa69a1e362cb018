package dev.ponder.gateway.telemetry;

import dev.ponder.policy.Upstream;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What OpenTelemetry calls the providers: a list of its own, by host where many speak one API. */
public final class ProviderNames {

  private static final Map<String, String> BY_HOST =
      Map.of(
          "api.deepseek.com", "deepseek",
          "api.groq.com", "groq",
          "api.mistral.ai", "mistral_ai",
          "api.x.ai", "x_ai",
          "api.moonshot.ai", "moonshot_ai",
          "api.perplexity.ai", "perplexity",
          "api.cohere.ai", "cohere",
          "generativelanguage.googleapis.com", "gcp.gemini");

  private ProviderNames() {}

  /** All that there are. */
  static Set<String> all() {
    Set<String> all = new TreeSet<>(BY_HOST.values());
    all.addAll(Set.of("azure.ai.openai", "anthropic", "openai"));
    return all;
  }

  /** The name of an upstream's provider. */
  public static String of(Upstream upstream) {
    return switch (upstream.provider()) {
      case AZURE_OPENAI -> "azure.ai.openai";
      case ANTHROPIC -> "anthropic";
      case OPENAI -> BY_HOST.getOrDefault(upstream.baseUrl().getHost(), "openai");
    };
  }
}
