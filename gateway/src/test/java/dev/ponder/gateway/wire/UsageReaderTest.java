package dev.ponder.gateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.ponder.price.Usage;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UsageReaderTest {

  private static AnswerFacts facts(String json) {
    byte[] bytes = json.getBytes(UTF_8);
    return UsageReader.facts(bytes, 0, bytes.length);
  }

  /** Reads a usage object written with single quotes. */
  private static AnswerFacts usageFacts(String usage) {
    return facts("{'id':'x','usage':%s,'choices':[]}".formatted(usage).replace('\'', '"'));
  }

  private static @Nullable Usage usage(String usage) {
    return usageFacts(usage).usage();
  }

  @Test
  void openAi() {
    assertThat(
            usage(
                "{'prompt_tokens':100,'completion_tokens':50,'total_tokens':150,"
                    + "'prompt_tokens_details':{'cached_tokens':64,'cache_write_tokens':8,"
                    + "'audio_tokens':0},'completion_tokens_details':{'reasoning_tokens':40,"
                    + "'accepted_prediction_tokens':0}}"))
        .isEqualTo(new Usage(100, 64, 8, 50, 40));
    assertThat(
            usage(
                "{'input_tokens':100,'input_tokens_details':{'cached_tokens':64},"
                    + "'output_tokens':50,'output_tokens_details':{'reasoning_tokens':40},"
                    + "'total_tokens':150}"))
        .isEqualTo(new Usage(100, 64, 0, 50, 40));
    assertThat(usage("{'prompt_tokens':8,'total_tokens':8}")).isEqualTo(Usage.of(8, 0));
  }

  @Test
  void deepSeek() {
    assertThat(
            usage(
                "{'prompt_tokens':30,'completion_tokens':345,'total_tokens':375,"
                    + "'prompt_cache_hit_tokens':20,'prompt_cache_miss_tokens':10,"
                    + "'completion_tokens_details':{'reasoning_tokens':315}}"))
        .isEqualTo(new Usage(30, 20, 0, 345, 315));
    String blank = "\n\n\r\n  \n{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n";
    assertThat(facts(blank).usage()).isEqualTo(Usage.of(1, 2));
  }

  @Test
  void moonshotMistralPerplexityQwen() {
    assertThat(usage("{'prompt_tokens':30,'completion_tokens':5,'cached_tokens':7}"))
        .isEqualTo(new Usage(30, 7, 0, 5, 0));
    assertThat(usage("{'prompt_tokens':30,'completion_tokens':5,'num_cached_tokens':7}"))
        .isEqualTo(new Usage(30, 7, 0, 5, 0));
    assertThat(
            usage(
                "{'prompt_tokens':30,'completion_tokens':5,"
                    + "'prompt_token_details':{'cached_tokens':7}}"))
        .isEqualTo(new Usage(30, 7, 0, 5, 0));
    assertThat(usage("{'prompt_tokens':30,'completion_tokens':5,'reasoning_tokens':4}"))
        .isEqualTo(new Usage(30, 0, 0, 5, 4));
    assertThat(
            usage(
                "{'prompt_tokens':30,'completion_tokens':5,'total_tokens':35,"
                    + "'prompt_tokens_details':{'cached_tokens':10,"
                    + "'cache_creation_input_tokens':20,'cache_type':'ephemeral'}}"))
        .isEqualTo(new Usage(30, 10, 20, 5, 0));
  }

  @Test
  void xAi_leavesReasoningOutOfTheCompletion() {
    String counts = "{'prompt_tokens':12,'completion_tokens':2,'total_tokens':%d,%s}";
    String details = "'completion_tokens_details':{'reasoning_tokens':320}";
    assertThat(usage(counts.formatted(334, details))).isEqualTo(new Usage(12, 0, 0, 322, 320));
    assertThat(usage(counts.formatted(335, details))).isEqualTo(new Usage(12, 0, 0, 323, 320));
    assertThat(
            usage(
                "{'prompt_tokens':10,'completion_tokens':2,'total_tokens':382,"
                    + "'prompt_tokens_details':{'cached_tokens':50},"
                    + "'completion_tokens_details':{'reasoning_tokens':320}}"))
        .isEqualTo(new Usage(60, 50, 0, 322, 320));
  }

  @Test
  void gemini_hidesReasoningInTheTotal() {
    assertThat(usage("{'prompt_tokens':9,'completion_tokens':29,'total_tokens':320}"))
        .isEqualTo(new Usage(9, 0, 0, 311, 282));
  }

  @Test
  void groqAndOpenRouter() {
    assertThat(
            facts("{\"x_groq\":{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}}").usage())
        .isEqualTo(Usage.of(1, 2));
    assertThat(
            usage(
                "{'prompt_tokens':5,'completion_tokens':6,'total_tokens':11,'cost':0.00014,"
                    + "'cost_details':{'upstream_inference_cost':null,'prompt_tokens':77},"
                    + "'is_byok':false}"))
        .isEqualTo(Usage.of(5, 6));
  }

  @Test
  void anthropic_countsCachesApart() {
    assertThat(
            usage(
                "{'input_tokens':10,'cache_creation_input_tokens':20,'cache_read_input_tokens':30,"
                    + "'cache_creation':{'ephemeral_5m_input_tokens':20},'output_tokens':9,"
                    + "'output_tokens_details':{'thinking_tokens':4}}"))
        .isEqualTo(new Usage(60, 30, 20, 9, 4));
  }

  @Test
  void noUsage_isNull() {
    assertThat(usage("null")).isNull();
    assertThat(usage("{}")).isNull();
    assertThat(usage("{'prompt_tokens':null}")).isNull();
    assertThat(usage("{'prompt_tokens':null,'completion_tokens':null}")).isNull();
    assertThat(usageFacts("null").odd()).isFalse();
    assertThat(usageFacts("{}").odd()).isFalse();
    assertThat(usage("[{'prompt_tokens':1}]")).isNull();
    assertThat(facts("{\"choices\":[{\"usage\":{\"prompt_tokens\":1}}]}").usage()).isNull();
    assertThat(facts("").json()).isFalse();
    assertThat(facts("<html>").json()).isFalse();
    assertThat(facts("{\"usage\":{\"prompt_tokens\":1}").usage()).isNull();
    assertThat(facts("{}").json()).isTrue();
  }

  @Test
  void randomNumbers_neverThrow() {
    String[] numbers = {
      "0", "-1", "7", "5.5", "1e99", "-1e99", "9".repeat(60), "1000000001", "null"
    };
    String[] names = {
      "prompt_tokens",
      "completion_tokens",
      "total_tokens",
      "input_tokens",
      "output_tokens",
      "cached_tokens",
      "cache_read_input_tokens",
      "cache_write_tokens",
      "ephemeral_5m_input_tokens",
      "ephemeral_1h_input_tokens",
      "reasoning_tokens",
      "prompt_cache_hit_tokens",
      "prompt_cache_miss_tokens"
    };
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder usage = new StringBuilder("{'x':0");
      for (String name : names) {
        if (random.nextBoolean()) {
          String number = numbers[random.nextInt(numbers.length)];
          String quote = random.nextInt(9) == 0 ? "'" : "";
          usage.append(",'").append(name).append("':").append(quote).append(number).append(quote);
        }
      }
      String all = usage + "},'usage':{'prompt_tokens':3,'completion_tokens':4}";
      assertThatCode(() -> usageFacts(usage + "}")).as("%s", usage).doesNotThrowAnyException();
      assertThatCode(() -> usageFacts(all)).as("%s", all).doesNotThrowAnyException();
    }
  }

  @Test
  void facts_ofAnAnswer() {
    AnswerFacts facts =
        facts(
            "{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"stop\"},"
                + "{\"finish_reason\":\"length\"}]}");
    assertThat(facts.finishReason()).isEqualTo("stop");
    assertThat(facts.error()).isFalse();
    assertThat(facts.usage()).isNull();
    assertThat(facts("{\"error\":{\"code\":502}}").error()).isTrue();
  }
}
