package dev.ponder.gateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.price.Money;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a usage says of its cost, and what of a usage goes into the decision log. */
class UsageCostTest {

  private static AnswerFacts facts(String members) {
    String usage = "{'prompt_tokens':10,'completion_tokens':5,'total_tokens':15,%s}";
    byte[] json = ("{'usage':" + usage.formatted(members) + "}").replace('\'', '"').getBytes(UTF_8);
    return UsageReader.facts(json, 0, json.length);
  }

  private static @Nullable Long nanos(String members) {
    Money cost = facts(members).cost();
    return cost == null ? null : cost.nanos();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'cost':0.00014 | 140000",
        "'cost':1.4e-4 | 140000",
        "'cost':3 | 3000000000",
        "'cost':0 | 0",
        "'cost':0e-999999999 | 0",
        "'cost':0.0000000005 | 1",
        "'cost':0.00000000049999999999999999 | 0",
        "'cost':0.1234567894999999999 | 123456789",
        "'cost':0.1234567895 | 123456790",
        "'cost':1e-999 | 0",
        "'cost_in_usd_ticks':37756000 | 3775600",
        "'cost_in_usd_ticks':14 | 1",
        "'cost_in_usd_ticks':15 | 2",
        "'cost':{'input_tokens_cost':0.001,'request_cost':0.005,'total_cost':0.006} | 6000000",
        "'cost':0.001,'is_byok':true,'cost_details':{'upstream_inference_cost':0.02} | 21000000",
        "'cost':0.02,'is_byok':false,'cost_details':{'upstream_inference_cost':0.02} | 20000000",
        "'cost':0.02,'cost_details':{'upstream_inference_cost':null} | 20000000",
        "'cost':0.02,'cost':0.03 | 30000000",
      })
  void cost_isReadExactly(String members, long nanos) {
    assertThat(nanos(members)).isEqualTo(nanos);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'cost':-0.1",
        "'cost':-1e-999999999999",
        "'cost':'0.1'",
        "'cost':'NaN'",
        "'cost':true",
        "'cost':[1]",
        "'cost':1e10",
        "'cost':1e400",
        "'cost':1e999999999999",
        "'cost':0.00000000000000000000000000000000000000001",
        "'cost_in_usd_ticks':-5",
        "'cost':{'total_cost':'x'}",
      })
  void cost_isNoAmount(String members) {
    assertThat(nanos(members)).isEqualTo(-1);
    assertThat(facts(members).usage()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'x':1",
        "'cost':null",
        "'cost':{}",
        "'cost_in_usd_ticks':null",
        "'completion_tokens_details':{'cost':1}",
        "'cost':0.001,'is_byok':true",
      })
  void cost_isNotSaid(String members) {
    assertThat(nanos(members)).isNull();
  }

  @Test
  void raw_hasNumbersAndStructure_andNoWord() {
    String raw =
        facts(
                "'cost':1.50e-2,'service_tier':'the secret','a b':3,'e\\u0020f':4,"
                    + " 'list':[1,'word',{'x':null,'y':true}],\n 'deep':{'n':-1}")
            .usageRaw();
    assertThat(raw)
        .isEqualTo(
            ("{'prompt_tokens':10,'completion_tokens':5,'total_tokens':15,'cost':1.50e-2,"
                    + "'list':[1,{'x':null,'y':true}],'deep':{'n':-1}}")
                .replace('\'', '"'));
    assertThat(facts("'x':" + "[".repeat(30) + "]".repeat(30)).usageRaw())
        .isEqualTo(
            ("{'prompt_tokens':10,'completion_tokens':5,'total_tokens':15,'x':"
                    + "[".repeat(7)
                    + "]".repeat(7)
                    + ",'_cut':true}")
                .replace('\'', '"'));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'cost':1.50e-2,'x':null,'y':[true,false,[-1,{}],{'z':{}}]",
        "'cost':1e+2,'a.b-c_D':[]",
        "'tier':'default','n':1",
        "'list':[1,'word','a:b']",
        "'':1,'a b':2,'e\\u0020f':3,'q\\\"':4",
        "'digits':1234567890123456789012345678901234567890",
        "'digits':12345678901234567890123456789012345678901",
        "'name_of_41_bytes_is_longer_than_the_longest_number':1",
        "'a_name_of_64_bytes_which_is_the_longest_that_goes_into_the_log__':1",
        "'a_name_of_65_bytes_which_is_longer_than_any_that_goes_into_the_log':1",
        "'seven':[[[[[[[]]]]]]]",
        "'eight':[[[[[[[[]]]]]]]]",
      })
  void raw_isTheSame_whereverTheWhiteSpaceIs(String members) {
    String compact = String.valueOf(facts(members).usageRaw());
    assertThat(facts(members + " ").usageRaw()).isEqualTo(compact);
    assertThat(facts(members.replace(",", " ,\n")).usageRaw()).isEqualTo(compact);
    assertThat(new JsonObject(compact).getInteger("prompt_tokens")).isEqualTo(10);
  }

  @Test
  void raw_isCutAtItsLimit_andIsJsonStill() {
    StringBuilder many = new StringBuilder("'n':1");
    for (int i = 0; i < 500; i++) {
      many.append(",'m").append(i).append("':{'a':[123456789,{'b':").append(i).append("}]}");
    }
    String raw = String.valueOf(facts(many.toString()).usageRaw());
    assertThat(raw.length()).isBetween(1_900, RawUsage.BYTES_MAX);
    assertThat(new JsonObject(raw).getBoolean("_cut")).isTrue();
    assertThat(facts("'n':1").usageRaw()).doesNotContain("_cut");
    byte[] none = "{\"choices\":[]}".getBytes(UTF_8);
    assertThat(UsageReader.facts(none, 0, none.length).usageRaw()).isNull();
  }

  @Test
  void stream_tellsItInTheEventWithTheUsage() {
    StreamEvent event = new StreamEvent(Dialect.RESPONSES);
    String text =
        "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{"
            + "\"status\":\"completed\",\"usage\":{\"input_tokens\":3,\"output_tokens\":4,"
            + "\"total_tokens\":7,\"cost_in_usd_ticks\":990}}}\n\n";
    byte[] bytes = text.getBytes(UTF_8);
    event.read(bytes, 0, bytes.length);
    assertThat(event.cost()).isEqualTo(Money.ofNanos(99));
    assertThat(event.rawUsage(bytes)).contains("\"cost_in_usd_ticks\":990}");
  }
}
