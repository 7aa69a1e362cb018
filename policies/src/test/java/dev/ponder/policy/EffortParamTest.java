package dev.ponder.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EffortParamTest {

  private static EffortParam of(
      Upstream.Provider provider, String url, Set<String> refused, Optional<EffortParam> said) {
    Upstream upstream =
        new Upstream(
            "u",
            provider,
            URI.create(url),
            Optional.empty(),
            Timeouts.DEFAULT,
            1,
            Upstream.On5xx.VOID);
    Deployment at = new Deployment(upstream, "m");
    Capabilities can =
        new Capabilities(true, true, 0, 0, "", refused, true, 0, 0, 64, Set.of(), said);
    ModelPrice price = ModelPrice.of(Money.ZERO, Money.ZERO);
    return EffortParam.of(new Model("m", List.of(at), true, price, can), at);
  }

  @ParameterizedTest
  @CsvSource({
    "https://api.openai.com/v1, REASONING_EFFORT",
    "http://127.0.0.1:8000/v1, REASONING_EFFORT",
    "https://openrouter.ai/api/v1, REASONING",
    "https://OpenRouter.AI/api/v1, REASONING",
    "https://notopenrouter.ai/v1, REASONING_EFFORT",
    "https://generativelanguage.googleapis.com/v1beta/openai, GEMINI",
    "https://dashscope-intl.aliyuncs.com/compatible-mode/v1, ENABLE_THINKING",
  })
  void host_saysHow(String url, EffortParam expected) {
    assertThat(of(Upstream.Provider.OPENAI, url, Set.of(), Optional.empty())).isEqualTo(expected);
  }

  @Test
  void anthropicThinks_andWhatIsConfiguredOrRefused_countsMore() {
    String url = "https://openrouter.ai/api/v1";
    Set<String> refused = Set.of("reasoning_effort");
    assertThat(of(Upstream.Provider.ANTHROPIC, "https://a.example", Set.of(), Optional.empty()))
        .isEqualTo(EffortParam.THINKING);
    assertThat(of(Upstream.Provider.OPENAI, url, refused, Optional.empty()))
        .isEqualTo(EffortParam.NONE);
    Optional<EffortParam> said = Optional.of(EffortParam.THINKING_TYPE);
    assertThat(of(Upstream.Provider.OPENAI, url, refused, said))
        .isEqualTo(EffortParam.THINKING_TYPE);
  }
}
