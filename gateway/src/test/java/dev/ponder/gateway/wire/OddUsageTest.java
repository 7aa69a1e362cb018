package dev.ponder.gateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.price.Usage;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Counts that an honest provider would not send are read so that nobody is billed too little. */
class OddUsageTest {

  /** Reads an answer with this usage, written with single quotes. */
  private static AnswerFacts facts(String usage) {
    String json = "{'choices':[],'usage':%s}".formatted(usage).replace('\'', '"');
    byte[] bytes = json.getBytes(UTF_8);
    return UsageReader.facts(bytes, 0, bytes.length);
  }

  private static void assertOdd(String usage, @Nullable Usage reading) {
    AnswerFacts facts = facts(usage);
    assertThat(facts.usage()).as(usage).isEqualTo(reading);
    assertThat(facts.odd()).as("odd: %s", usage).isTrue();
  }

  private static void assertHonest(String usage, Usage reading) {
    AnswerFacts facts = facts(usage);
    assertThat(facts.usage()).as(usage).isEqualTo(reading);
    assertThat(facts.odd()).as("odd: %s", usage).isFalse();
  }

  @Test
  void honestCounts_areNotOdd() {
    assertHonest("{'prompt_tokens':10,'completion_tokens':5,'total_tokens':15}", Usage.of(10, 5));
    assertHonest("{'prompt_tokens':10,'completion_tokens':5}", Usage.of(10, 5));
    assertHonest("{'prompt_tokens':4.0,'completion_tokens':5e0}", Usage.of(4, 5));
    assertHonest("{'prompt_tokens':10,'completion_tokens':0,'total_tokens':10}", Usage.of(10, 0));
    assertHonest("{'total_tokens':15,'completion_tokens':5}", Usage.of(10, 5));
    assertHonest(
        "{'prompt_tokens':10,'completion_tokens':5,'total_tokens':15,'prompt_tokens_details':null,"
            + "'completion_tokens_details':{'reasoning_tokens':null,'audio_tokens':0}}",
        Usage.of(10, 5));
    assertHonest(
        "{'prompt_tokens':12,'completion_tokens':2,'total_tokens':334,"
            + "'completion_tokens_details':{'reasoning_tokens':320}}",
        new Usage(12, 0, 0, 322, 320));
    assertHonest(
        "{'prompt_tokens':9,'completion_tokens':29,'total_tokens':320}",
        new Usage(9, 0, 0, 311, 282));
  }

  @Test
  void negativeCounts_sayNothing() {
    assertOdd("{'prompt_tokens':-4,'completion_tokens':5}", null);
    assertOdd("{'prompt_tokens':4,'completion_tokens':-1}", null);
    assertOdd("{'prompt_tokens':-1,'completion_tokens':-1,'total_tokens':-1}", null);
    assertOdd("{'prompt_tokens':-4,'completion_tokens':5,'total_tokens':12}", Usage.of(7, 5));
    assertOdd("{'prompt_tokens':4,'completion_tokens':-5,'total_tokens':12}", Usage.of(4, 8));
    assertOdd("{'prompt_tokens':4,'completion_tokens':5,'total_tokens':-9}", Usage.of(4, 5));
    assertOdd("{'prompt_tokens':4,'completion_tokens':5,'reasoning_tokens':-9}", Usage.of(4, 5));
    assertOdd(
        "{'prompt_tokens':4,'completion_tokens':5,'cached_tokens':-9,"
            + "'prompt_cache_hit_tokens':3}",
        Usage.of(4, 5));
    assertHonest("{'prompt_tokens':4,'completion_tokens':-0}", Usage.of(4, 0));
  }

  @Test
  void fractions_areRoundedToTheDearerSide() {
    assertOdd("{'prompt_tokens':4.1,'completion_tokens':5.5}", Usage.of(5, 6));
    assertOdd(
        "{'prompt_tokens':10,'completion_tokens':5,'cached_tokens':6.5}",
        new Usage(10, 6, 0, 5, 0));
    assertOdd("{'prompt_tokens':1e-9,'completion_tokens':5}", Usage.of(1, 5));
    assertOdd("{'prompt_tokens':-1e-9,'completion_tokens':5}", null);
  }

  @Test
  void textThatSpellsACount_isRead() {
    assertOdd("{'prompt_tokens':'10','completion_tokens':'5'}", Usage.of(10, 5));
    for (String text : new String[] {"", "-", "-5", "5.5", "ten", "1\\u0030", "9".repeat(19)}) {
      assertOdd("{'prompt_tokens':10,'completion_tokens':'%s'}".formatted(text), null);
      assertOdd(
          "{'prompt_tokens':10,'completion_tokens':'%s','total_tokens':17}".formatted(text),
          Usage.of(10, 7));
    }
    assertOdd("{'prompt_tokens':10,'completion_tokens':[5]}", null);
    assertOdd("{'prompt_tokens':true,'completion_tokens':5}", null);
  }

  @Test
  void hugeCounts_areTheMostThereIs() {
    long most = Usage.TOKENS_MAX;
    assertOdd("{'prompt_tokens':99999999999,'completion_tokens':1}", Usage.of(most, 1));
    assertOdd("{'prompt_tokens':1e99,'completion_tokens':1}", Usage.of(most, 1));
    assertOdd("{'prompt_tokens':1,'completion_tokens':" + "9".repeat(60) + "}", null);
    assertOdd(
        "{'prompt_tokens':1000000000,'completion_tokens':1000000000,'reasoning_tokens':1000000001,"
            + "'cached_tokens':1000000000,'cache_write_tokens':1000000000}",
        new Usage(most, 0, most, most, most));
  }

  @Test
  void partsThatExceedTheWhole_comeOnTopOfIt() {
    assertOdd(
        "{'prompt_tokens':1,'completion_tokens':5,'total_tokens':6,'reasoning_tokens':9}",
        new Usage(1, 0, 0, 14, 9));
    assertOdd(
        "{'prompt_tokens':1,'completion_tokens':5,'reasoning_tokens':9}",
        new Usage(1, 0, 0, 14, 9));
    assertOdd(
        "{'prompt_tokens':10,'completion_tokens':5,'total_tokens':15,"
            + "'prompt_tokens_details':{'cached_tokens':20}}",
        new Usage(30, 20, 0, 5, 0));
    assertOdd(
        "{'prompt_tokens':9,'completion_tokens':0,'cached_tokens':5,'cache_write_tokens':6}",
        new Usage(20, 5, 6, 0, 0));
  }

  @Test
  void cacheWrites_thatDoNotAddUp_areTheDearerOnes() {
    String usage =
        "{'input_tokens':10,'output_tokens':5,'cache_creation_input_tokens':%s,"
            + "'cache_creation':{'ephemeral_5m_input_tokens':%s,'ephemeral_1h_input_tokens':%s}}";
    assertHonest(usage.formatted("20", "15", "5"), new Usage(30, 0, 20, 5, 5, 0));
    assertHonest(usage.formatted("null", "15", "5"), new Usage(30, 0, 20, 5, 5, 0));
    assertHonest(usage.formatted("20", "null", "5"), new Usage(30, 0, 20, 20, 5, 0));
    assertHonest(usage.formatted("20", "15", "null"), new Usage(30, 0, 20, 0, 5, 0));
    assertOdd(usage.formatted("20", "15", "6"), new Usage(31, 0, 21, 6, 5, 0));
    assertOdd(usage.formatted("20", "14", "5"), new Usage(30, 0, 20, 6, 5, 0));
    assertOdd(usage.formatted("20", "14", "0"), new Usage(30, 0, 20, 0, 5, 0));
    assertOdd(usage.formatted("20", "15", "'5'"), new Usage(30, 0, 20, 5, 5, 0));
    assertOdd(usage.formatted("20", "15", "-5"), new Usage(30, 0, 20, 0, 5, 0));
    long most = Usage.TOKENS_MAX;
    assertOdd(usage.formatted("20", most, most), new Usage(most, 0, most, most, 5, 0));
  }

  @Test
  void totals_thatDoNotAddUp_costAtLeastTheirParts() {
    assertOdd("{'prompt_tokens':10,'completion_tokens':5,'total_tokens':3}", Usage.of(10, 5));
    assertOdd(
        "{'prompt_tokens':10,'completion_tokens':20,'total_tokens':100,'reasoning_tokens':15}",
        new Usage(10, 0, 0, 90, 15));
    assertOdd("{'total_tokens':3,'completion_tokens':5}", Usage.of(0, 5));
  }

  @Test
  void usageThatSaysTooLittle_isNone() {
    assertOdd("{'prompt_tokens':9}", null);
    assertOdd("{'completion_tokens':9}", null);
    assertOdd("{'total_tokens':9}", null);
    assertOdd("{'prompt_tokens':0,'completion_tokens':0,'total_tokens':0}", null);
    assertOdd("'12'", null);
    assertOdd("[]", null);
    assertOdd("0", null);
  }

  @Test
  void cacheHits_thatAreSaidTwice_saveNoMoreThanTheLeast() {
    assertOdd(
        "{'prompt_tokens':30,'completion_tokens':5,'cached_tokens':20,"
            + "'prompt_tokens_details':{'cached_tokens':0}}",
        Usage.of(30, 5));
    assertHonest(
        "{'prompt_tokens':30,'completion_tokens':5,'cached_tokens':20,"
            + "'prompt_tokens_details':{'cached_tokens':20}}",
        new Usage(30, 20, 0, 5, 0));
  }

  @Test
  void usageGivenTwice_isTheDearerOfBoth() {
    String small = "{'prompt_tokens':9,'completion_tokens':2}";
    String large = "{'prompt_tokens':8,'completion_tokens':7,'cached_tokens':6}";
    assertOdd(small + ",'usage':" + large, new Usage(9, 0, 0, 7, 0));
    assertOdd(large + ",'usage':" + small, new Usage(9, 0, 0, 7, 0));
    assertOdd(small + ",'usage':{}", Usage.of(9, 2));
    assertOdd("{'prompt_tokens':9,'prompt_tokens':4,'completion_tokens':2}", Usage.of(9, 2));
    assertHonest(small + ",'usage':null", Usage.of(9, 2));
    assertHonest(small + ",'usage':" + small, Usage.of(9, 2));
  }

  @Test
  void dearer_isNoLessThanEither() {
    Random random = new Random(5);
    for (int i = 0; i < 2000; i++) {
      Usage one = random(random);
      Usage other = random(random);
      Usage dearer = UsageReader.dearer(one, other);
      assertThat(dearer).isEqualTo(UsageReader.dearer(other, one));
      for (Usage part : new Usage[] {one, other}) {
        assertThat(cost(dearer)).as("%s %s", one, other).isGreaterThanOrEqualTo(cost(part));
      }
    }
    Usage later = new Usage(100, 64, 0, 50, 40);
    assertThat(UsageReader.dearer(new Usage(100, 64, 0, 20, 20), later)).isEqualTo(later);
  }

  private static Usage random(Random random) {
    int in = random.nextInt(100);
    int cached = random.nextInt(in + 1);
    int out = random.nextInt(100);
    int written = random.nextInt(in - cached + 1);
    int kept = random.nextInt(written + 1);
    return new Usage(in, cached, written, kept, out, random.nextInt(out + 1));
  }

  private static long cost(Usage usage) {
    return 4 * usage.plainInputTokens()
        + usage.cachedInputTokens()
        + 5 * usage.shortCacheWriteTokens()
        + 8 * usage.longCacheWriteTokens()
        + 16 * usage.visibleOutputTokens()
        + 16 * usage.reasoningTokens();
  }

  @Test
  void chunksOfAStream_areReadEachOnItsOwn() {
    StreamEvent event = new StreamEvent();
    String[] usages = {
      "null",
      "{'prompt_tokens':9,'completion_tokens':1}",
      "{'prompt_tokens':9,'completion_tokens':2}",
      "{'prompt_tokens':9,'completion_tokens':'3'}",
      "{'prompt_tokens':9,'completion_tokens':'x'}",
      "{'prompt_tokens':9,'completion_tokens':'7'}",
      "null",
    };
    @Nullable Usage[] expected = {
      null, Usage.of(9, 1), Usage.of(9, 2), Usage.of(9, 3), null, Usage.of(9, 7), null
    };
    for (int i = 0; i < usages.length; i++) {
      String json = "{'choices':[{'delta':{'content':'x'}}],'usage':" + usages[i] + "}";
      byte[] bytes = ("data: " + json.replace('\'', '"') + "\n\n").getBytes(UTF_8);
      event.read(bytes, 0, bytes.length);
      assertThat(event.usage()).as(usages[i]).isEqualTo(expected[i]);
      assertThat(event.odd()).as(usages[i]).isEqualTo(i >= 3 && i <= 5);
      assertThat(event.visibleBytes()).isEqualTo(1);
    }
  }
}
