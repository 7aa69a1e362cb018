package dev.ponder.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;

class CapabilitiesTest {

  @Test
  void construct_withoutOverhead_isTheUsualOne() {
    Capabilities can = new Capabilities(true, true, 0, 0, "", Set.of(), true, 0, 0);

    assertThat(can.overheadTokens()).isEqualTo(64);
    assertThat(can.extraParams()).isEmpty();
  }

  @Test
  void construct_overheadOutOfRange_isRefused() {
    assertThat(withOverhead(0).overheadTokens()).isZero();
    assertThat(withOverhead(100_000).overheadTokens()).isEqualTo(100_000);
    assertThatThrownBy(() -> withOverhead(-1))
        .hasMessage("overheadTokens: -1 (expected: 0..100000)");
    assertThatThrownBy(() -> withOverhead(100_001))
        .hasMessage("overheadTokens: 100001 (expected: 0..100000)");
  }

  private static Capabilities withOverhead(int tokens) {
    return new Capabilities(true, true, 0, 0, "", Set.of(), true, 0, 0, tokens, Set.of());
  }
}
