package dev.ponder.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class UsageTest {

  @Test
  void constructor_partsAboveTheirWhole_refused() {
    assertThatThrownBy(() -> new Usage(10, 8, 3, 0, 0))
        .hasMessage("cacheWriteTokens: 3 (expected: 0..2)");
    assertThatThrownBy(() -> new Usage(10, 1, 4, 5, 0, 0))
        .hasMessage("longCacheWriteTokens: 5 (expected: 0..4)");
    assertThatThrownBy(() -> new Usage(0, 0, 0, 5, 6))
        .hasMessage("reasoningTokens: 6 (expected: 0..5)");
    assertThatThrownBy(() -> Usage.of(-1, 0)).hasMessageContaining("inputTokens: -1");
  }

  @Test
  void cacheWrites_areForAnHour_onlyWhereThatIsSaid() {
    assertThat(new Usage(10, 1, 4, 0, 0).longCacheWriteTokens()).isZero();
    Usage mixed = new Usage(10, 1, 4, 3, 0, 0);
    assertThat(mixed.shortCacheWriteTokens()).isEqualTo(1);
    assertThat(mixed.plainInputTokens()).isEqualTo(5);
  }

  @Test
  void elsewhere_keepsWhatTheClientSaw() {
    Usage usage = new Usage(100, 80, 0, 50, 20);
    assertThat(CostEstimator.elsewhere(usage, 1_000)).isEqualTo(new Usage(100, 0, 0, 1_030, 1_000));
  }

  @Test
  void expected_callersLimitBounds() {
    assertThat(CostEstimator.expected(10, 100, 350, 2_000, 1))
        .isEqualTo(new Usage(10, 0, 0, 100, 100));
    assertThat(CostEstimator.expected(10, -1, 350, 0, 1)).isEqualTo(new Usage(10, 0, 0, 350, 0));
    assertThat(CostEstimator.expected(10, -1, 350, 50, 4))
        .isEqualTo(new Usage(10, 0, 0, 1_600, 200));
  }
}
