package dev.ponder.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.budget.Entry.Source;
import dev.ponder.policy.Upstream.On5xx;
import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of endings, row by row: what is posted, to the nano-dollar. */
class SettlementTest {

  /** 1,000 and 4,000 nano-dollars for each token. */
  private static final ModelPrice PRICE =
      ModelPrice.of(Money.ofNanos(1_000_000_000L), Money.ofNanos(4_000_000_000L));

  private static final Money RESERVED = Money.ofNanos(9_000_000);
  private static final Money EXPECTED = Money.ofNanos(2_000_000);
  private static final int REQUEST_BYTES = 301; // 151 tokens are counted

  /** Every call that there can be: hard or soft, a plain model or a reasoning one. */
  private record Terms(boolean hard, boolean reasoning, On5xx on5xx, Money expected)
      implements Settlement.Call {

    static Terms of(boolean hard, boolean reasoning) {
      return new Terms(hard, reasoning, On5xx.VOID, EXPECTED);
    }

    @Override
    public Money reserved() {
      return RESERVED;
    }

    @Override
    public Money priceOf(Usage usage) {
      return PRICE.of(usage);
    }

    @Override
    public long requestBytes() {
      return REQUEST_BYTES;
    }
  }

  private static Ending sent(int status, @Nullable Usage usage, boolean whole, long visible) {
    return new Ending(true, status, usage, whole, visible > 0, visible, null);
  }

  private static void posts(Terms terms, Ending ending, Source source, long nanos) {
    Settlement settlement = Settlement.of(terms, ending);
    assertThat(settlement.source()).describedAs("%s %s", terms, ending).isEqualTo(source);
    assertThat(settlement.amount().nanos()).describedAs("%s %s", terms, ending).isEqualTo(nanos);
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void neverSent_postsNothing(boolean hard, boolean reasoning) {
    posts(Terms.of(hard, reasoning), Ending.UNSENT, Source.NONE, 0);
    // Whatever else is said of it
    Ending odd = new Ending(false, 200, Usage.of(5, 5), true, true, 99, null);
    posts(Terms.of(hard, reasoning), odd, Source.NONE, 0);
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void usageReported_isWhatIsPosted_howeverItEnded(boolean hard, boolean reasoning) {
    Terms terms = Terms.of(hard, reasoning);
    Usage usage = new Usage(100, 0, 0, 50, 40);
    for (int status : new int[] {0, 200, 206, 302, 400, 429, 500, 503}) {
      posts(terms, sent(status, usage, true, 8), Source.REPORTED, 100_000 + 200_000);
      posts(terms, sent(status, usage, false, 0), Source.REPORTED, 100_000 + 200_000);
    }
    assertThat(Settlement.of(terms, sent(200, usage, true, 8)).usage()).isEqualTo(usage);
  }

  @Test
  void usageReported_beyondWhatWasSetAside_isPostedInFull() {
    Usage usage = Usage.of(0, 2_251); // 9,004,000 of 9,000,000
    posts(Terms.of(true, true), sent(200, usage, true, 8), Source.REPORTED, 9_004_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 301, 302, 307, 308, 400, 401, 403, 404, 408, 409, 422, 429, 499})
  void refused_postsNothing(int status) {
    for (boolean hard : new boolean[] {true, false}) {
      for (boolean reasoning : new boolean[] {true, false}) {
        Terms terms = new Terms(hard, reasoning, On5xx.PRESUME, EXPECTED);
        posts(terms, sent(status, null, true, 0), Source.NONE, 0);
        posts(terms, sent(status, null, false, 0), Source.NONE, 0);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503, 504, 529, 599})
  void serverError_postsNothingOrAll_asTheUpstreamIsConfigured(int status) {
    for (boolean hard : new boolean[] {true, false}) {
      for (boolean reasoning : new boolean[] {true, false}) {
        Terms kind = new Terms(hard, reasoning, On5xx.VOID, EXPECTED);
        posts(kind, sent(status, null, true, 0), Source.NONE, 0);
        Terms unkind = new Terms(hard, reasoning, On5xx.PRESUME, EXPECTED);
        posts(unkind, sent(status, null, true, 0), Source.PRESUMED, RESERVED.nanos());
        posts(unkind, sent(status, null, false, 0), Source.PRESUMED, RESERVED.nanos());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void goodWithoutAnAnswer_postsNothing(boolean hard) {
    for (boolean reasoning : new boolean[] {true, false}) {
      posts(Terms.of(hard, reasoning), sent(200, null, true, 0), Source.NONE, 0);
      posts(Terms.of(hard, reasoning), sent(204, null, true, 0), Source.NONE, 0);
    }
  }

  @Test
  void wholeWithoutUsage_plainModel_soft_isCounted() {
    // 301 bytes are 151 tokens, 41 bytes are 21: too many rather than too few
    Ending ending = sent(200, null, true, 41);
    posts(Terms.of(false, false), ending, Source.COUNTED, 151_000 + 84_000);
    assertThat(Settlement.of(Terms.of(false, false), ending).usage()).isEqualTo(Usage.of(151, 21));
  }

  /** A model that was not said to reason may have done so; a cache may have been written. */
  @Test
  void wholeWithoutUsage_plainModel_hard_isAll() {
    posts(Terms.of(true, false), sent(200, null, true, 41), Source.PRESUMED, RESERVED.nanos());
  }

  @Test
  void wholeWithoutUsage_plainModel_neverMoreThanWasSetAside() {
    posts(Terms.of(false, false), sent(200, null, true, 20_000), Source.COUNTED, RESERVED.nanos());
  }

  /** No text has more than twelve bytes a token: a cap was broken, and is billed. */
  @Test
  void textBeyondAllThatWasSetAside_isPosted() {
    long tokens = 1_200_000 / 12;
    posts(Terms.of(false, false), sent(200, null, true, 1_200_000), Source.COUNTED, tokens * 4_000);
    posts(Terms.of(true, false), sent(200, null, true, 1_200_000), Source.PRESUMED, tokens * 4_000);
    for (boolean hard : new boolean[] {true, false}) {
      posts(
          Terms.of(hard, true), sent(200, null, true, 1_200_000), Source.PRESUMED, tokens * 4_000);
    }
    posts(
        Terms.of(true, false), sent(200, null, false, 1_200_000), Source.PRESUMED, tokens * 4_000);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void wholeWithoutUsage_reasoningModel_isAll(boolean hard) {
    posts(Terms.of(hard, true), sent(200, null, true, 41), Source.PRESUMED, RESERVED.nanos());
  }

  @ParameterizedTest
  @CsvSource({"0, true", "200, true", "0, false", "200, false"})
  void brokenOff_hard_isAll(int status, boolean reasoning) {
    Terms terms = Terms.of(true, reasoning);
    posts(terms, sent(status, null, false, 0), Source.PRESUMED, RESERVED.nanos());
    posts(terms, sent(status, null, false, 41), Source.PRESUMED, RESERVED.nanos());
  }

  @ParameterizedTest
  @CsvSource({"0, true", "200, true", "0, false", "200, false"})
  void brokenOff_soft_isWhatIsExpected(int status, boolean reasoning) {
    Terms terms = Terms.of(false, reasoning);
    posts(terms, sent(status, null, false, 0), Source.ESTIMATED, EXPECTED.nanos());
    posts(terms, sent(status, null, false, 41), Source.ESTIMATED, EXPECTED.nanos());
    // More was seen than was expected: 151 and 1,001 tokens
    posts(terms, sent(status, null, false, 2_000), Source.ESTIMATED, 151_000 + 4_004_000);
    posts(terms, sent(status, null, false, 20_000), Source.ESTIMATED, RESERVED.nanos());
  }

  @Test
  void brokenOff_soft_neverMoreThanWasSetAside() {
    Money dear = Money.ofNanos(RESERVED.nanos() + 1);
    Terms terms = new Terms(false, true, On5xx.VOID, dear);
    posts(terms, sent(0, null, false, 0), Source.ESTIMATED, RESERVED.nanos());
  }

  /** Without a head nobody can know that nothing was done. */
  @Test
  void wholeWithoutAHead_isNoEndThatIsKnown() {
    posts(Terms.of(true, false), sent(0, null, true, 0), Source.PRESUMED, RESERVED.nanos());
  }
}
