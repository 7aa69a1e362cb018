package dev.ponder.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CeilingTest {

  private static final int ROUNDS = 50_000;

  private static final long SEED = Long.getLong("ponder.seed", 20261123L);

  @Test
  void of_discountsAndKinds_theDearestCounts() {
    Money[] usd = {usd("1"), usd("0.1"), usd("1.25"), usd("4"), usd("5")};
    ModelPrice price = new ModelPrice(usd[0], usd[1], usd[2], usd[3], usd[4]);

    // 1,000 × 1.25 + (2 × 300 + 100) × 5 dollars a million
    assertThat(new Ceiling(price, 1_000, 2, 100).of(300)).isEqualTo(usd("0.00475"));
    assertThat(new Ceiling(price, 0, 1, 0).of(0)).isEqualTo(Money.ZERO);
  }

  @Test
  void of_cacheWritesForAnHour_countOnlyWhereTheRequestAsksForThem() {
    Money[] usd = {usd("1"), usd("0.1"), usd("1.25"), usd("4"), usd("5")};
    ModelPrice price = new ModelPrice(usd[0], usd[1], usd[2], usd[3], usd[4]);

    assertThat(new Ceiling(price, false, 1_000, 1, 0).of(100)).isEqualTo(usd("0.00175"));
    assertThat(new Ceiling(price, true, 1_000, 1, 0).of(100)).isEqualTo(usd("0.0025"));
    assertThat(new Ceiling(price, true, 1_000, 1, 0).capFor(usd("0.0025"))).isEqualTo(100);
  }

  @Test
  void of_inputThatMayPassTheStep_theDearerListCountsKindByKind() {
    // Above the step input costs more and output less: the call may lie on either side.
    ModelPrice above = new ModelPrice(usd("2"), usd("0.2"), usd("2.5"), usd("3"), usd("3"));
    Optional<ModelPrice.Step> step = Optional.of(new ModelPrice.Step(1_000, above));
    ModelPrice price = new ModelPrice(usd("1"), usd("0.1"), usd("1.25"), usd("4"), usd("5"), step);

    assertThat(new Ceiling(price, 1_000, 1, 0).of(100)).isEqualTo(usd("0.00175"));
    assertThat(new Ceiling(price, 1_001, 1, 0).of(100)).isEqualTo(usd("0.0030025"));
    assertThat(new Ceiling(price, 1_001, 1, 0).capFor(usd("0.0030025"))).isEqualTo(100);
  }

  @Test
  void paysForOutput_onlyAboveTheStep_whereTheInputMayPassIt() {
    Optional<ModelPrice.Step> step =
        Optional.of(new ModelPrice.Step(1_000, ModelPrice.of(Money.ZERO, usd("1"))));
    ModelPrice price =
        new ModelPrice(Money.ZERO, Money.ZERO, Money.ZERO, Money.ZERO, Money.ZERO, step);

    assertThat(new Ceiling(price, 1_000, 1, 0).paysForOutput()).isFalse();
    assertThat(new Ceiling(price, 1_001, 1, 0).paysForOutput()).isTrue();
  }

  @Test
  void of_partOfANano_isRoundedUp() {
    ModelPrice price = ModelPrice.of(Money.ofNanos(1), Money.ofNanos(1));

    assertThat(new Ceiling(price, 1, 1, 0).of(0)).isEqualTo(Money.ofNanos(1));
    assertThat(new Ceiling(price, 1, 1, 0).of(999_999)).isEqualTo(Money.ofNanos(1));
    assertThat(new Ceiling(price, 1, 1, 0).of(1_000_000)).isEqualTo(Money.ofNanos(2));
  }

  @Test
  void of_anyCall_isTheFormula() {
    Random random = new Random(SEED);
    for (int i = 0; i < ROUNDS; i++) {
      Ceiling ceiling = ceiling(random);
      long cap = size(random, Long.MAX_VALUE);
      assertThat(ceiling.of(cap).nanos())
          .as("seed %d, round %d: %s, cap %d", SEED, i, ceiling, cap)
          .isEqualTo(
              formula(ceiling, cap).min(BigInteger.valueOf(Ceiling.MOST.nanos())).longValue());
    }
  }

  @Test
  void capFor_anyMoney_isTheLargestCapThatFits() {
    Random random = new Random(SEED);
    int real = 0;
    for (int i = 0; i < ROUNDS; i++) {
      Ceiling ceiling = ceiling(random);
      Money money = Money.ofNanos(size(random, Ceiling.MOST.nanos()));
      long cap = ceiling.capFor(money);
      String what = "seed " + SEED + ", round " + i + ": " + ceiling + ", " + money + ", " + cap;
      if (cap == -1) {
        assertThat(ceiling.of(0)).as(what).isGreaterThan(money);
        continue;
      }
      assertThat(ceiling.of(cap)).as(what).isLessThanOrEqualTo(money);
      if (cap < Long.MAX_VALUE) {
        real++;
        assertThat(ceiling.of(cap + 1)).as(what).isGreaterThan(money);
      }
    }
    assertThat(real).as("seed %d", SEED).isGreaterThan(ROUNDS / 10);
  }

  @Test
  void of_anyBillWithinTheCap_isCovered() {
    Random random = new Random(SEED);
    for (int i = 0; i < ROUNDS; i++) {
      ModelPrice price = price(random);
      int answers = 1 + random.nextInt(4);
      long cap = random.nextInt(100_000);
      long input = random.nextInt(200_000);
      long cached = random.nextInt((int) input + 1);
      long written = random.nextInt((int) (input - cached) + 1);
      long output = random.nextLong(cap * answers + 1);
      boolean asks = random.nextBoolean();
      long kept = asks ? random.nextInt((int) written + 1) : 0;
      long hidden = random.nextLong(output + 1);
      Usage usage = new Usage(input, cached, written, kept, output, hidden);
      assertThat(price.of(usage))
          .as("seed %d, round %d: %s", SEED, i, usage)
          .isLessThanOrEqualTo(new Ceiling(price, asks, input, answers, 0).of(cap));
    }
  }

  @Test
  void of_hugeCaps_neverOverflows() {
    ModelPrice dearest = ModelPrice.of(usd("1000"), usd("1000"));
    Ceiling ceiling = new Ceiling(dearest, Integer.MAX_VALUE, 128, Integer.MAX_VALUE);

    assertThat(ceiling.of(Integer.MAX_VALUE)).isEqualTo(usd("279172874.11"));
    assertThat(new Ceiling(dearest, 0, Integer.MAX_VALUE, 0).of(Long.MAX_VALUE))
        .isEqualTo(Ceiling.MOST);
    assertThat(new Ceiling(dearest, Long.MAX_VALUE, 1, Long.MAX_VALUE).of(0))
        .isEqualTo(Ceiling.MOST);
  }

  @Test
  void capFor_freeOutput_isAnyCap() {
    Ceiling free = new Ceiling(ModelPrice.of(usd("1"), Money.ZERO), 10, 1, 0);

    assertThat(free.capFor(Money.ofNanos(10_000))).isEqualTo(Long.MAX_VALUE);
    assertThat(free.capFor(Money.ofNanos(9_999))).isEqualTo(-1);
    assertThat(free.capFor(Money.ofNanos(-1))).isEqualTo(-1);
    assertThat(new Ceiling(ModelPrice.of(usd("1"), usd("1")), 10, 1, 0).capFor(Ceiling.MOST))
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void construct_outOfRange_isRefused() {
    ModelPrice price = ModelPrice.of(usd("1"), usd("1"));

    assertThatThrownBy(() -> new Ceiling(price, -1, 1, 0)).hasMessageContaining("inputTokens: -1");
    assertThatThrownBy(() -> new Ceiling(price, 0, 0, 0)).hasMessageContaining("answers: 0");
    assertThatThrownBy(() -> new Ceiling(price, 0, 1, -2))
        .hasMessageContaining("extraOutputTokens: -2");
    assertThatThrownBy(() -> new Ceiling(price, 0, 1, 0).of(-1)).hasMessageContaining("cap: -1");
  }

  private static BigInteger formula(Ceiling ceiling, long cap) {
    ModelPrice price = ceiling.price();
    List<ModelPrice> lists = new ArrayList<>(List.of(price));
    price
        .step()
        .filter(step -> ceiling.inputTokens() > step.inputTokens())
        .ifPresent(step -> lists.add(step.price()));
    long input =
        lists.stream()
            .flatMap(
                p ->
                    Stream.of(
                        p.input(),
                        p.cachedInput(),
                        p.cacheWrite(),
                        ceiling.keepsLong() ? p.longCacheWrite() : Money.ZERO))
            .mapToLong(Money::nanos)
            .max()
            .orElseThrow();
    long output =
        lists.stream()
            .flatMap(p -> Stream.of(p.output(), p.reasoning()))
            .mapToLong(Money::nanos)
            .max()
            .orElseThrow();
    BigInteger sum =
        big(cap)
            .multiply(big(ceiling.answers()))
            .add(big(ceiling.extraOutputTokens()))
            .multiply(big(output))
            .add(big(ceiling.inputTokens()).multiply(big(input)));
    return new BigDecimal(sum)
        .divide(new BigDecimal(1_000_000), 0, java.math.RoundingMode.CEILING)
        .toBigInteger();
  }

  private static Ceiling ceiling(Random random) {
    return new Ceiling(
        price(random),
        random.nextBoolean(),
        size(random, Long.MAX_VALUE),
        (int) Math.max(1, size(random, Integer.MAX_VALUE)),
        random.nextBoolean() ? 0 : size(random, Long.MAX_VALUE));
  }

  /** Half of them with a step, at any length. */
  private static ModelPrice price(Random random) {
    ModelPrice below = flat(random);
    if (random.nextBoolean()) {
      return below;
    }
    long tokens = Math.max(1, size(random, Usage.TOKENS_MAX));
    return new ModelPrice(
        below.input(),
        below.cachedInput(),
        below.cacheWrite(),
        below.longCacheWrite(),
        below.output(),
        below.reasoning(),
        Optional.of(new ModelPrice.Step(tokens, flat(random))));
  }

  private static ModelPrice flat(Random random) {
    Money[] prices = new Money[6];
    for (int i = 0; i < prices.length; i++) {
      prices[i] = Money.ofNanos(size(random, 1_000_000_000_000L));
    }
    return new ModelPrice(
        prices[0], prices[1], prices[2], prices[3], prices[4], prices[5], Optional.empty());
  }

  /** Any order of magnitude is as likely as any other. */
  private static long size(Random random, long max) {
    long any = random.nextLong() >>> (1 + random.nextInt(63));
    return random.nextInt(50) == 0 ? max : Math.min(any, max);
  }

  private static BigInteger big(long value) {
    return BigInteger.valueOf(value);
  }

  private static Money usd(String text) {
    return Money.ofUsd(new BigDecimal(text));
  }
}
