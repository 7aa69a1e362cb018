package dev.ponder.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Optional;
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
  void of_cacheWritesForAnHour_atTheirOwnPrice() {
    Money[] usd = {usd("1"), usd("0.1"), usd("1.25"), usd("2"), usd("8"), usd("9")};
    ModelPrice price =
        new ModelPrice(usd[0], usd[1], usd[2], usd[3], usd[4], usd[5], Optional.empty());
    // 4 * 1 + 3 * .1 + 2 * 1.25 + 91 * 2 = 188.8 millionths of a dollar
    assertThat(price.of(new Usage(100, 3, 93, 91, 0, 0)).toUsd()).isEqualTo("0.0001888");
  }

  @Test
  void longCacheWrite_thatNobodySays_isTwiceTheInput_andNoLessThanAnyWrite() {
    Money in = usd("3");
    assertThat(new ModelPrice(in, in, usd("3.75"), in, in).longCacheWrite()).isEqualTo(usd("6"));
    assertThat(new ModelPrice(in, in, usd("7"), in, in).longCacheWrite()).isEqualTo(usd("7"));
    assertThat(ModelPrice.of(usd("600"), in).longCacheWrite()).isEqualTo(usd("1000"));
  }

  @Test
  void of_fractionOfANano_roundsUpOnce() {
    ModelPrice price = ModelPrice.of(Money.ofNanos(1), Money.ofNanos(1));
    assertThat(price.of(Usage.of(1, 1)).nanos()).isEqualTo(1);
    assertThat(price.of(Usage.NONE).nanos()).isZero();
  }

  @Test
  void of_inputAboveTheStep_theWholeCallAtItsPrices() {
    ModelPrice above = new ModelPrice(usd("2.5"), usd("0.25"), usd("3"), usd("15"), usd("16"));
    ModelPrice price = stepped("1.25", "10", 200_000, above);
    Usage usage = new Usage(200_001, 1_000, 1, 500, 400);

    // 199,000 * 2.5 + 1,000 * .25 + 1 * 3 + 100 * 15 + 400 * 16 millionths of a dollar
    assertThat(price.of(usage).toUsd()).isEqualTo("0.505653");
    assertThat(price.at(200_001)).isEqualTo(above);
  }

  @Test
  void of_inputUpToTheStep_theLowerPrices() {
    ModelPrice price = stepped("1.25", "10", 200_000, ModelPrice.of(usd("2.5"), usd("15")));

    assertThat(price.of(Usage.of(200_000, 100)).toUsd()).isEqualTo("0.251");
    assertThat(price.of(Usage.of(0, 900_000)).toUsd()).isEqualTo("9");
    assertThat(price.at(200_000)).isEqualTo(price);
  }

  @Test
  void of_fractionOfANanoAboveTheStep_roundsUpOnce() {
    ModelPrice above = ModelPrice.of(Money.ofNanos(1), Money.ofNanos(1));

    assertThat(stepped("0", "0", 1, above).of(Usage.of(2, 3)).nanos()).isEqualTo(1);
  }

  @Test
  void step_ofNoLengthOrInAStep_refused() {
    ModelPrice flat = ModelPrice.of(usd("1"), usd("1"));
    ModelPrice inner = stepped("1", "1", 5, flat);

    assertThatThrownBy(() -> new ModelPrice.Step(0, flat))
        .hasMessage("inputTokens: 0 (expected: 1..1000000000)");
    assertThatThrownBy(() -> new ModelPrice.Step(Usage.TOKENS_MAX + 1, flat))
        .hasMessageContaining("inputTokens");
    assertThatThrownBy(() -> new ModelPrice.Step(9, inner))
        .hasMessage("price: has a step (expected: none above a step)");
  }

  @Test
  void constructor_negativeOrAbsurd_refused() {
    assertThatThrownBy(() -> ModelPrice.of(usd("-1"), usd("1")))
        .hasMessage("input: -1 (expected: 0..1000 USD per million tokens)");
    assertThatThrownBy(() -> ModelPrice.of(usd("1"), usd("1001"))).hasMessageContaining("output");
  }

  /** The formula in unbounded integers: sum of tokens times price, divided once, rounded up. */
  @Property
  void of_equalsTheFormula(@ForAll("usages") Usage u, @ForAll("stepped") ModelPrice price) {
    boolean above = price.step().filter(s -> u.inputTokens() > s.inputTokens()).isPresent();
    ModelPrice p = above ? price.step().orElseThrow().price() : price;
    BigInteger sum =
        product(u.plainInputTokens(), p.input())
            .add(product(u.cachedInputTokens(), p.cachedInput()))
            .add(product(u.cacheWriteTokens() - u.longCacheWriteTokens(), p.cacheWrite()))
            .add(product(u.longCacheWriteTokens(), p.longCacheWrite()))
            .add(product(u.visibleOutputTokens(), p.output()))
            .add(product(u.reasoningTokens(), p.reasoning()));
    BigDecimal expected =
        new BigDecimal(sum).divide(BigDecimal.valueOf(1_000_000), 0, RoundingMode.CEILING);
    assertThat(price.of(u).nanos()).isEqualTo(expected.longValueExact());
  }

  @Provide
  Arbitrary<Usage> usages() {
    Arbitrary<Long> count = Arbitraries.longs().between(0, 100_000_000L);
    return Combinators.combine(count, count, count, count, count, count)
        .as((a, b, c, l, d, e) -> new Usage(a + b + c + l, b, c + l, l, d + e, e));
  }

  @Provide
  Arbitrary<ModelPrice> prices() {
    Arbitrary<Money> price = Arbitraries.longs().between(0, 1_000_000_000_000L).map(Money::ofNanos);
    return Combinators.combine(price, price, price, price, price, price)
        .as((a, b, c, l, d, e) -> new ModelPrice(a, b, c, l, d, e, Optional.empty()));
  }

  @Provide
  Arbitrary<ModelPrice> stepped() {
    Arbitrary<ModelPrice.Step> step =
        Combinators.combine(Arbitraries.longs().between(1, 300_000_000L), prices())
            .as(ModelPrice.Step::new);
    return Combinators.combine(prices(), step.optional())
        .as(
            (p, s) ->
                new ModelPrice(
                    p.input(),
                    p.cachedInput(),
                    p.cacheWrite(),
                    p.longCacheWrite(),
                    p.output(),
                    p.reasoning(),
                    s));
  }

  private static ModelPrice stepped(String input, String output, long tokens, ModelPrice above) {
    Money in = usd(input);
    Money out = usd(output);
    ModelPrice.Step step = new ModelPrice.Step(tokens, above);
    return new ModelPrice(in, in, in, out, out, Optional.of(step));
  }

  private static BigInteger product(long tokens, Money price) {
    return BigInteger.valueOf(tokens).multiply(BigInteger.valueOf(price.nanos()));
  }

  private static Money usd(String amount) {
    return Money.ofUsd(new BigDecimal(amount));
  }
}
