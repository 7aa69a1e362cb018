package dev.ponder.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ModelPriceTest {

  @Test
  void of_fiveKinds_eachAtItsPrice() {
    ModelPrice price = new ModelPrice(usd("2"), usd("0.5"), usd("2.5"), usd("8"), usd("9"));
    Usage usage = new Usage(1_000, 300, 100, 500, 400);
    // 600 * 2 + 300 * .5 + 100 * 2.5 + 100 * 8 + 400 * 9 = 6,000 millionths of a dollar
    assertThat(price.of(usage).toUsd()).isEqualTo("0.006");
  }

  @Test
  void of_fractionOfANano_roundsUpOnce() {
    ModelPrice price = ModelPrice.of(Money.ofNanos(1), Money.ofNanos(1));
    assertThat(price.of(Usage.of(1, 1)).nanos()).isEqualTo(1);
    assertThat(price.of(Usage.NONE).nanos()).isZero();
  }

  @Test
  void constructor_negativeOrAbsurd_refused() {
    assertThatThrownBy(() -> ModelPrice.of(usd("-1"), usd("1")))
        .hasMessage("input: -1 (expected: 0..1000 USD per million tokens)");
    assertThatThrownBy(() -> ModelPrice.of(usd("1"), usd("1001"))).hasMessageContaining("output");
  }

  /** The formula in unbounded integers: sum of tokens times price, divided once, rounded up. */
  @Property
  void of_equalsTheFormula(@ForAll("usages") Usage u, @ForAll("prices") ModelPrice p) {
    BigInteger sum =
        product(u.plainInputTokens(), p.input())
            .add(product(u.cachedInputTokens(), p.cachedInput()))
            .add(product(u.cacheWriteTokens(), p.cacheWrite()))
            .add(product(u.visibleOutputTokens(), p.output()))
            .add(product(u.reasoningTokens(), p.reasoning()));
    BigDecimal expected =
        new BigDecimal(sum).divide(BigDecimal.valueOf(1_000_000), 0, RoundingMode.CEILING);
    assertThat(p.of(u).nanos()).isEqualTo(expected.longValueExact());
  }

  @Provide
  Arbitrary<Usage> usages() {
    Arbitrary<Long> count = Arbitraries.longs().between(0, 100_000_000L);
    return Combinators.combine(count, count, count, count, count)
        .as((a, b, c, d, e) -> new Usage(a + b + c, b, c, d + e, e));
  }

  @Provide
  Arbitrary<ModelPrice> prices() {
    Arbitrary<Money> price = Arbitraries.longs().between(0, 1_000_000_000_000L).map(Money::ofNanos);
    return Combinators.combine(price, price, price, price, price).as(ModelPrice::new);
  }

  private static BigInteger product(long tokens, Money price) {
    return BigInteger.valueOf(tokens).multiply(BigInteger.valueOf(price.nanos()));
  }

  private static Money usd(String amount) {
    return Money.ofUsd(new BigDecimal(amount));
  }
}
