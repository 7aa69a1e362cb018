package dev.ponder.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CapChoiceTest {

  private static final long MOST = 100_000;
  private static final long USUAL = 10_000;
  private static final long LEAST = CapChoice.LEAST_TOKENS_REASONING;

  /** A token is a nano-dollar. */
  private final Ceiling ceiling =
      new Ceiling(ModelPrice.of(Money.ZERO, Money.ofNanos(1_000_000)), 0, 1, 0);

  @Test
  void wanted_ampleRoom_isAllOfIt() {
    assertThat(wanted(50 * MOST)).isEqualTo(MOST);
    assertThat(wanted(50 * MOST - 1)).isBetween(MOST - 2, MOST - 1);
    assertThat(wanted(Long.MAX_VALUE)).isEqualTo(MOST);
  }

  @Test
  void wanted_tightRoom_isTheUsual() {
    assertThat(wanted(5 * MOST)).isEqualTo(USUAL);
    assertThat(wanted(5 * MOST + 1_000)).isGreaterThan(USUAL);
    assertThat(wanted(0)).isEqualTo(USUAL);
    assertThat(wanted(-1)).isEqualTo(USUAL);
    assertThat(wanted(Long.MIN_VALUE)).isEqualTo(USUAL);
  }

  @Test
  void wanted_shrinkingRoom_shrinksSmoothly() {
    long before = wanted(51 * MOST);
    for (long room = 51 * MOST; room >= 4 * MOST; room -= MOST / 10) {
      long now = wanted(room);
      assertThat(now).as("room %d", room).isBetween(before - (MOST - USUAL) / 400, before);
      before = now;
    }
    assertThat(before).isEqualTo(USUAL);
  }

  @Test
  void wanted_usualBeyondTheLimits_staysWithinThem() {
    assertThat(CapChoice.wanted(ceiling, Money.ZERO, MOST, 100, LEAST)).isEqualTo(LEAST);
    assertThat(CapChoice.wanted(ceiling, Money.ZERO, MOST, MOST + 1, LEAST)).isEqualTo(MOST);
    // Who asks for 16 tokens gets no more.
    assertThat(CapChoice.wanted(ceiling, Money.ZERO, 16, 100, LEAST)).isEqualTo(16);
  }

  @Test
  void wanted_ceilingBeyondAnyBudget_isTheUsual() {
    Ceiling endless = new Ceiling(ceiling.price(), 0, Integer.MAX_VALUE, 0);
    assertThat(endless.of(1L << 40)).isEqualTo(Ceiling.MOST);
    assertThat(CapChoice.wanted(endless, Money.ofNanos(Long.MAX_VALUE), 1L << 40, USUAL, LEAST))
        .isEqualTo(USUAL);
  }

  @Test
  void wanted_freeModel_isAllOfIt() {
    Ceiling free = new Ceiling(ModelPrice.of(Money.ZERO, Money.ZERO), 5, 1, 0);
    assertThat(CapChoice.wanted(free, Money.ZERO, MOST, USUAL, LEAST)).isEqualTo(MOST);
  }

  @Test
  void wanted_anything_neitherOverflowsNorLeavesItsBounds() {
    long seed = Long.getLong("ponder.seed", 20261123L);
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      Money price = Money.ofNanos(random.nextLong(1_000_000_000_001L));
      Ceiling any = new Ceiling(ModelPrice.of(price, price), random.nextInt(1_000_000), 128, 0);
      long most = random.nextInt(Integer.MAX_VALUE);
      long usual = random.nextInt(Integer.MAX_VALUE);
      Money room = Money.ofNanos(random.nextLong() >> random.nextInt(60));
      assertThat(CapChoice.wanted(any, room, most, usual, LEAST))
          .as("seed %d, round %d", seed, i)
          .isBetween(Math.min(most, Math.max(LEAST, Math.min(most, usual))), most);
    }
  }

  private long wanted(long room) {
    return CapChoice.wanted(ceiling, Money.ofNanos(room), MOST, USUAL, LEAST);
  }
}
