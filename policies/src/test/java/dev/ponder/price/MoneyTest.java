package dev.ponder.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class MoneyTest {

  @Test
  void toUsd_printsPlainDecimals() {
    assertThat(Money.ofNanos(0).toUsd()).isEqualTo("0");
    assertThat(Money.ofNanos(1).toUsd()).isEqualTo("0.000000001");
    assertThat(Money.ofNanos(1_250_000).toUsd()).isEqualTo("0.00125");
    assertThat(Money.ofNanos(3_000_000_000L).toUsd()).isEqualTo("3");
    assertThat(Money.ofNanos(-1_500_000_000L).toUsd()).isEqualTo("-1.5");
    assertThat(Money.ofNanos(Long.MIN_VALUE).toUsd()).isEqualTo("-9223372036.854775808");
  }

  @Property
  void toUsd_isExact(@ForAll long nanos) {
    Money money = Money.ofNanos(nanos);
    assertThat(Money.ofUsd(new BigDecimal(money.toUsd()))).isEqualTo(money);
    assertThat(money.toUsd()).doesNotContain("E");
  }

  @Test
  void ofUsd_tenDecimals_refused() {
    assertThatThrownBy(() -> Money.ofUsd(new BigDecimal("0.0000000001")))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void plus_overflow_throws() {
    Money most = Money.ofNanos(Long.MAX_VALUE);
    assertThatThrownBy(() -> most.plus(Money.ofNanos(1))).isInstanceOf(ArithmeticException.class);
  }
}
