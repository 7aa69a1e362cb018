package dev.ponder.gateway.proxy;

import dev.ponder.policy.Upstream;
import java.util.Map;

/** What OpenTelemetry calls the providers: a list of its own, by host where many speak one API. */
final class ProviderNames {

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

  static String of(Upstream upstream) {
    return switch (upstream.provider()) {
      case AZURE_OPENAI -> "azure.ai.openai";
      case ANTHROPIC -> "anthropic";
      case OPENAI -> BY_HOST.getOrDefault(upstream.baseUrl().getHost(), "openai");
    };
  }
}
