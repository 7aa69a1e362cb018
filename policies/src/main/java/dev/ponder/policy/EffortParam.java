package dev.ponder.policy;

import java.util.Locale;
import java.util.Optional;

/**
 * How a model is told how hard to think: by which member of a chat completion. In the Responses API
 * it is always {@code reasoning.effort}, and at Anthropic always {@code thinking}.
 */
public enum EffortParam {
  /** {@code reasoning_effort}, a word: OpenAI, and most who are compatible with it. */
  REASONING_EFFORT,
  /** The same up to {@code high}, which is the last word that Gemini knows. */
  GEMINI,
  /** {@code reasoning.effort}, a word: OpenRouter. */
  REASONING,
  /** {@code thinking} with a budget of tokens: Anthropic. */
  THINKING,
  /** {@code thinking.type}, on or off: DeepSeek, GLM. */
  THINKING_TYPE,
  /** {@code enable_thinking} with a {@code thinking_budget} of tokens: Qwen at Alibaba. */
  ENABLE_THINKING,
  /** {@code chat_template_kwargs.enable_thinking}, on or off: Qwen and others at vLLM, SGLang. */
  CHAT_TEMPLATE_KWARGS,
  /** It cannot be told. */
  NONE;

  /** How a model is told at one of its deployments: as configured, or else as is usual there. */
  public static EffortParam of(Model model, Deployment at) {
    Optional<EffortParam> configured = model.capabilities().effortParam();
    if (configured.isPresent()) {
      return configured.get();
    }
    if (model.capabilities().refusedParams().contains("reasoning_effort")) {
      return NONE;
    }
    if (at.upstream().provider() == Upstream.Provider.ANTHROPIC) {
      return THINKING;
    }
    String named = at.upstream().baseUrl().getHost();
    String host = named == null ? "" : named.toLowerCase(Locale.ROOT);
    if (isAt(host, "openrouter.ai")) {
      return REASONING;
    }
    if (isAt(host, "googleapis.com")) {
      return GEMINI;
    }
    return isAt(host, "aliyuncs.com") ? ENABLE_THINKING : REASONING_EFFORT;
  }

  private static boolean isAt(String host, String domain) {
    return host.equals(domain) || host.endsWith("." + domain);
  }

  /** Whether it knows no more than on and off. */
  public boolean isSwitch() {
    return this == THINKING_TYPE || this == CHAT_TEMPLATE_KWARGS;
  }
}
