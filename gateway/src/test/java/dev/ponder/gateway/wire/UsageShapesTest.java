package dev.ponder.gateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.price.Usage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What each provider means by its usage: what includes what, and how it spells it. */
class UsageShapesTest {

  private static final String REASONED =
      "'prompt_tokens':%d,'completion_tokens':%d,'total_tokens':%d,"
          + "'completion_tokens_details':{'reasoning_tokens':%d}";

  private static Arguments row(String provider, Dialect dialect, String usage, Usage expected) {
    return Arguments.of(provider, dialect, usage, expected);
  }

  private static Arguments chat(String provider, String usage, Usage expected) {
    return row(provider, Dialect.CHAT, usage, expected);
  }

  static Stream<Arguments> shapes() {
    return Stream.of(ofOpenAi(), ofCompatibles(), ofCaches(), ofMessages()).flatMap(s -> s);
  }

  private static Stream<Arguments> ofOpenAi() {
    return Stream.of(
        chat(
            "OpenAI, rejected predictions and all",
            "'prompt_tokens':100,'completion_tokens':50,'total_tokens':150,"
                + "'prompt_tokens_details':{'cached_tokens':64,'cache_write_tokens':8},"
                + "'completion_tokens_details':{'reasoning_tokens':40,"
                + "'accepted_prediction_tokens':1,'rejected_prediction_tokens':9}",
            new Usage(100, 64, 8, 50, 40)),
        row(
            "OpenAI, Responses",
            Dialect.RESPONSES,
            "'input_tokens':100,'input_tokens_details':{'cached_tokens':64,"
                + "'cache_write_tokens':8},'output_tokens':50,"
                + "'output_tokens_details':{'reasoning_tokens':40},'total_tokens':150",
            new Usage(100, 64, 8, 50, 40)),
        chat("Azure", REASONED.formatted(15, 78, 93, 64), new Usage(15, 0, 0, 78, 64)),
        chat(
            "Azure, DeepSeek's, without details",
            "'prompt_tokens':7,'completion_tokens':1969,'total_tokens':1976,"
                + "'prompt_tokens_details':null,'completion_tokens_details':null",
            Usage.of(7, 1969)),
        row(
            "xAI, Responses: reasoning included",
            Dialect.RESPONSES,
            "'input_tokens':12,'input_tokens_details':{'cached_tokens':4},'output_tokens':322,"
                + "'output_tokens_details':{'reasoning_tokens':320},'total_tokens':334,"
                + "'cost_in_usd_ticks':123456",
            new Usage(12, 4, 0, 322, 320)));
  }

  private static Stream<Arguments> ofCompatibles() {
    return Stream.of(
        chat(
            "xAI: reasoning beside the completion",
            REASONED.formatted(12, 2, 334, 320) + ",'cost_in_usd_ticks':123456",
            new Usage(12, 0, 0, 322, 320)),
        chat(
            "Gemini: reasoning in the total only",
            "'prompt_tokens':9,'completion_tokens':29,'total_tokens':320",
            new Usage(9, 0, 0, 311, 282)),
        chat("DeepSeek", REASONED.formatted(30, 345, 375, 315), new Usage(30, 0, 0, 345, 315)),
        chat(
            "vLLM, without details",
            "'prompt_tokens':30,'completion_tokens':345,'total_tokens':375,"
                + "'prompt_tokens_details':null",
            Usage.of(30, 345)),
        chat(
            "vLLM, with a parser that counts none",
            REASONED.formatted(3, 9, 12, 0),
            Usage.of(3, 9)),
        chat(
            "OpenRouter",
            REASONED.formatted(5, 60, 65, 50)
                + ",'prompt_tokens_details':{'cached_tokens':4,'cache_write_tokens':1},"
                + "'cost':0.00014,'is_byok':false,"
                + "'cost_details':{'upstream_inference_cost':0.0001,'total_tokens':99}",
            new Usage(5, 4, 1, 60, 50)),
        chat(
            "Groq",
            "'queue_time':0.05,'prompt_tokens':18,'prompt_time':0.0007,'completion_tokens':556,"
                + "'completion_time':0.46,'total_tokens':574,'total_time':0.46",
            Usage.of(18, 556)),
        chat(
            "Perplexity",
            "'prompt_tokens':33,'completion_tokens':7163,'total_tokens':7196,"
                + "'citation_tokens':9,'num_search_queries':2,'reasoning_tokens':5000",
            new Usage(33, 0, 0, 7163, 5000)),
        chat(
            "Anthropic, compatible: totals only",
            "'prompt_tokens':9,'completion_tokens':5,'total_tokens':14,"
                + "'prompt_tokens_details':{},'completion_tokens_details':{}",
            Usage.of(9, 5)),
        chat(
            "Ollama",
            "'prompt_tokens':26,'completion_tokens':298,'total_tokens':324",
            Usage.of(26, 298)));
  }

  private static Stream<Arguments> ofCaches() {
    String counts = "'prompt_tokens':30,'completion_tokens':5,'total_tokens':35,";
    Usage seven = new Usage(30, 7, 0, 5, 0);
    return Stream.of(
        chat(
            "DeepSeek: hit and miss",
            counts
                + "'prompt_cache_hit_tokens':7,'prompt_cache_miss_tokens':23,"
                + "'prompt_tokens_details':{'cached_tokens':7}",
            seven),
        chat("Mistral", counts + "'num_cached_tokens':7", seven),
        chat("Mistral, plural", counts + "'prompt_tokens_details':{'cached_tokens':7}", seven),
        chat("Mistral, singular", counts + "'prompt_token_details':{'cached_tokens':7}", seven),
        chat("Moonshot", counts + "'cached_tokens':7", seven),
        chat(
            "Qwen: reads and writes are in the prompt",
            counts
                + "'prompt_tokens_details':{'cached_tokens':7,'cache_creation_input_tokens':20,"
                + "'cache_creation':{'ephemeral_5m_input_tokens':20},'cache_type':'ephemeral'}",
            new Usage(30, 7, 20, 5, 0)),
        chat(
            "LiteLLM: for how long, in the details",
            counts
                + "'prompt_tokens_details':{'cached_tokens':7,'cache_creation_tokens':20,"
                + "'cache_creation_token_details':{'ephemeral_5m_input_tokens':8,"
                + "'ephemeral_1h_input_tokens':12}},'cache_creation_input_tokens':20,"
                + "'cache_read_input_tokens':7",
            new Usage(30, 7, 20, 12, 5, 0)));
  }

  private static Stream<Arguments> ofMessages() {
    String caches = "'cache_creation_input_tokens':20,'cache_read_input_tokens':30,";
    return Stream.of(
        row(
            "Anthropic: caches beside the input, thoughts in the output",
            Dialect.MESSAGES,
            "'input_tokens':10,"
                + caches
                + "'cache_creation':{'ephemeral_5m_input_tokens':15,"
                + "'ephemeral_1h_input_tokens':5},'output_tokens':1699,"
                + "'output_tokens_details':{'thinking_tokens':139},"
                + "'server_tool_use':{'web_search_requests':0}",
            new Usage(60, 30, 20, 5, 1699, 139)),
        row(
            "Anthropic: each step says for how long",
            Dialect.MESSAGES,
            "'input_tokens':1,'output_tokens':2,'iterations':[{'input_tokens':10,"
                + caches
                + "'cache_creation':{'ephemeral_5m_input_tokens':0,"
                + "'ephemeral_1h_input_tokens':20},'output_tokens':9},"
                + "{'input_tokens':1,'cache_creation_input_tokens':3,"
                + "'cache_creation':{'ephemeral_5m_input_tokens':3,"
                + "'ephemeral_1h_input_tokens':0},'output_tokens':2}]",
            new Usage(64, 30, 23, 20, 11, 0)),
        row(
            "Anthropic: one step is what it is",
            Dialect.MESSAGES,
            "'input_tokens':10,"
                + caches
                + "'output_tokens':9,'iterations':[{'type':'message','input_tokens':10,"
                + caches
                + "'output_tokens':9}]",
            new Usage(60, 30, 20, 9, 0)),
        row(
            "Anthropic: a compaction is in the steps only",
            Dialect.MESSAGES,
            "'input_tokens':23000,'output_tokens':1000,'iterations':["
                + "{'type':'compaction','input_tokens':180000,'cache_read_input_tokens':500,"
                + "'cache_creation_input_tokens':0,'output_tokens':3500},"
                + "{'type':'message','input_tokens':23000,'output_tokens':1000},null]",
            new Usage(203_500, 500, 0, 4500, 0)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("shapes")
  void usage_isReadAsItIsMeant(String provider, Dialect dialect, String usage, Usage expected) {
    byte[] json = ("{'usage':{" + usage + "}}").replace('\'', '"').getBytes(UTF_8);
    AnswerFacts facts = UsageReader.facts(dialect, json, 0, json.length);
    assertThat(facts.usage()).as(provider).isEqualTo(expected);
    assertThat(facts.odd()).as(provider).isFalse();
  }

  private static StreamEvent read(StreamEvent event, String json) {
    byte[] bytes = ("data: " + json.replace('\'', '"') + "\n\n").getBytes(UTF_8);
    event.read(bytes, 0, bytes.length);
    return event;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("shapes")
  void usage_ofAStreamedChat_isTheSame(
      String provider, Dialect dialect, String usage, Usage expected) {
    if (dialect == Dialect.CHAT) {
      StreamEvent event = read(new StreamEvent(), "{'choices':[],'usage':{" + usage + "}}");
      assertThat(event.usage()).as(provider).isEqualTo(expected);
      assertThat(event.odd()).as(provider).isFalse();
    }
  }

  @Test
  void groq_saysItInAMemberOfItsOwn_whereAStreamEnds() {
    String json =
        "{'choices':[{'delta':{},'finish_reason':'stop'}],'x_groq':{'id':'req_1','usage':{"
            + "'prompt_tokens':18,'completion_tokens':556,'total_tokens':574}}}";
    assertThat(read(new StreamEvent(), json).usage()).isEqualTo(Usage.of(18, 556));
  }

  @Test
  void azure_saysNothingInItsFirstChunk() {
    String json =
        "{'choices':[],'created':0,'id':'','model':'','object':'',"
            + "'prompt_filter_results':[{'prompt_index':0,'content_filter_results':{}}]}";
    StreamEvent event = read(new StreamEvent(), json);
    assertThat(event.usage()).isNull();
    assertThat(event.odd()).isFalse();
    assertThat(event.finished() || event.content() || event.error() || event.done()).isFalse();
    assertThat(event.visibleBytes()).isZero();
  }

  @Test
  void anthropic_saysTheInputFirst_andOutputThatGrows() {
    StreamEvent event = new StreamEvent(Dialect.MESSAGES);
    read(
        event,
        "{'type':'message_start','message':{'usage':{'input_tokens':10,"
            + "'cache_read_input_tokens':30,'output_tokens':1}}}");
    String delta = "{'type':'message_delta','delta':{},'usage':{'output_tokens':%d%s}}";
    assertThat(read(event, delta.formatted(5, "")).usage()).isEqualTo(new Usage(40, 30, 0, 5, 0));
    assertThat(read(event, delta.formatted(9, "")).usage()).isEqualTo(new Usage(40, 30, 0, 9, 0));
    String steps =
        ",'iterations':[{'input_tokens':900,'output_tokens':70},"
            + "{'input_tokens':10,'cache_read_input_tokens':30,'output_tokens':9}]";
    assertThat(read(event, delta.formatted(9, steps)).usage())
        .isEqualTo(new Usage(940, 30, 0, 79, 0));
    assertThat(event.odd()).isFalse();
  }

  @Test
  void anthropic_saysForHowLongItKeeps_whereAStreamBegins() {
    String start =
        "{'type':'message_start','message':{'usage':{'input_tokens':10,"
            + "'cache_creation_input_tokens':20,'cache_creation':{'ephemeral_5m_input_tokens':%d,"
            + "'ephemeral_1h_input_tokens':%d},'output_tokens':1}}}";
    String delta =
        "{'type':'message_delta','delta':{},'usage':{'cache_creation_input_tokens':%d,"
            + "'output_tokens':9}}";
    StreamEvent mixed = new StreamEvent(Dialect.MESSAGES);
    read(mixed, start.formatted(15, 5));
    assertThat(read(mixed, delta.formatted(20)).usage()).isEqualTo(new Usage(30, 0, 20, 5, 9, 0));
    assertThat(read(mixed, delta.formatted(24)).usage()).isEqualTo(new Usage(34, 0, 24, 9, 9, 0));
    StreamEvent brief = new StreamEvent(Dialect.MESSAGES);
    read(brief, start.formatted(20, 0));
    assertThat(read(brief, delta.formatted(24)).usage()).isEqualTo(new Usage(34, 0, 24, 9, 0));
    assertThat(mixed.odd() || brief.odd()).isFalse();
  }
}
