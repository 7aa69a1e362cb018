package dev.ponder.gateway.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ponder.classify.PromptText;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.gateway.wire.JsonScan;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Capabilities;
import dev.ponder.policy.Deployment;
import dev.ponder.policy.Model;
import dev.ponder.policy.Timeouts;
import dev.ponder.policy.Upstream;
import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hard budget refuses because nobody knows what it costs. */
class UncappedTest {

  private static final Model MODEL = model(Set.of());

  @Test
  void check_everyMemberOfOpenAi_passes() {
    String all =
        """
        "temperature":1,"top_p":1,"n":2,"stop":"x","seed":1,"tool_choice":"auto",
        "tools":[{"type":"function","function":{"name":"f"}}],"parallel_tool_calls":true,
        "functions":[],"function_call":"auto","response_format":{"type":"text"},"logprobs":true,
        "top_logprobs":1,"logit_bias":{},"presence_penalty":0,"frequency_penalty":0,"user":"u",
        "safety_identifier":"s","prompt_cache_key":"k","prompt_cache_retention":"24h",
        "metadata":{},"store":false,"stream":true,"stream_options":{"include_usage":true},
        "max_tokens":9,"max_completion_tokens":9,"reasoning_effort":"low","verbosity":"low",
        "prediction":{"type":"content","content":"x"},"service_tier":"default",
        "modalities":["text"],"audio":null,"web_search_options":null,"reasoning":{}
        """;

    assertThatCode(() -> Uncapped.check(view(all), MODEL)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "top_k",
        "min_p",
        "repetition_penalty",
        "min_tokens",
        "ignore_eos",
        "chat_template_kwargs",
        "guided_json",
        "structured_outputs",
        "thinking",
        "enable_thinking",
        "safe_prompt",
        "random_seed",
        "keep_alive",
        "transforms",
        "prompt_cache_options",
        "moderation",
        "stub"
      })
  void check_freeMemberOfAnotherServer_passes(String member) {
    assertThatCode(() -> Uncapped.check(view("\"" + member + "\":1"), MODEL))
        .doesNotThrowAnyException();
  }

  @Test
  void check_unknownMember_isRefusedByName() {
    ApiError error = refusal("\"top_k\":1,\"plugins\":[{\"id\":\"web\"}],\"zzz\":1", MODEL);

    assertThat(error.status()).isEqualTo(400);
    assertThat(error.param()).isEqualTo("plugins");
    assertThat(error)
        .hasMessage(
            "plugins: is not covered by your budget (expected: a member of known price; the"
                + " operator may allow it by models.m.extra_params)");
  }

  /** A second parser may read them as the member, and this one has looked for another. */
  @ParameterizedTest
  @ValueSource(strings = {"Temperature", "temperature ", "", "max_tokens\\u0000", "num_predict"})
  void check_nearlyKnownMember_isRefused(String member) {
    assertThat(refusal("\"" + member + "\":1", MODEL).getMessage()).contains("extra_params");
  }

  /** They make the input longer than its bytes, or hold a cap of another name. */
  @ParameterizedTest
  @ValueSource(strings = {"chat_template", "mm_processor_kwargs", "options"})
  void check_memberThatLiftsABound_isRefused(String member) {
    assertThat(refusal("\"" + member + "\":null", MODEL).param()).isEqualTo(member);
  }

  @Test
  void check_escapedName_isTheSameMember() {
    assertThatCode(() -> Uncapped.check(view("\"t\\u006fp_k\":1"), MODEL))
        .doesNotThrowAnyException();
  }

  @Test
  void check_longName_isShownInPart() {
    String name = "x".repeat(200);

    ApiError error = refusal("\"" + name + "\":1", MODEL);

    assertThat(error.param()).isEqualTo(name);
    assertThat(error.getMessage()).startsWith("x".repeat(64) + ": is not covered");
  }

  @Test
  void check_extraParam_passesAtItsModelOnly() {
    Model lenient = model(Set.of("plugins"));

    assertThatCode(() -> Uncapped.check(view("\"plugins\":[]"), lenient))
        .doesNotThrowAnyException();
    assertThat(refusal("\"plugins\":[],\"route\":1", lenient).param()).isEqualTo("route");
    assertThat(refusal("\"plugins\":[]", MODEL).param()).isEqualTo("plugins");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"service_tier\":\"priority\" | service_tier",
        "\"modalities\":[\"text\",\"audio\"] | modalities",
        "\"web_search_options\":{} | web_search_options",
        "\"tools\":[{\"type\":\"web_search\"}] | tools"
      })
  void check_whatNoCapCovers_isRefusedWhateverTheOperatorAllows(String members, String param) {
    assertThat(refusal(members, model(Set.of(param))).param()).isEqualTo(param);
  }

  /** As Codex writes it into each request. */
  @Test
  void check_clientMetadataOfCodex_passes() {
    String request =
        """
        {"model":"m","instructions":"i","input":"hi","tools":[],"tool_choice":"auto",
         "parallel_tool_calls":false,"reasoning":{"effort":"low"},"store":false,"stream":true,
         "include":["reasoning.encrypted_content"],"prompt_cache_key":"k",
         "client_metadata":{"x-codex-installation-id":"1"}}
        """;

    assertThatCode(() -> Uncapped.check(view(Dialect.RESPONSES, request), MODEL))
        .doesNotThrowAnyException();
  }

  /** As Claude Code writes it into each request. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "{}",
        "{\"edits\":[]}",
        "{\"edits\":[{\"type\":\"clear_thinking_20251015\",\"keep\":\"all\"}]}",
        "{ \"edits\" : [ { \"keep\":{\"type\":\"tool_uses\",\"value\":3},"
            + "\"type\" : \"clear_tool_uses_20250919\" } ] }"
      })
  void check_contextManagementThatOnlyClears_passes(String value) {
    assertThatCode(() -> Uncapped.check(messages("context_management", value), MODEL))
        .doesNotThrowAnyException();
  }

  @Test
  void check_cacheControlOfAllOfAMessage_passes() {
    RequestView view = messages("cache_control", "{\"type\":\"ephemeral\"}");

    assertThatCode(() -> Uncapped.check(view, MODEL)).doesNotThrowAnyException();
  }

  /** A summary is written by one more call, and of what is not known nobody knows the price. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"edits\":[{\"type\":\"compact_20260112\"}]}",
        "{\"edits\":[{\"type\":\"clear_thinking_20251015\"},{\"type\":\"compact_20260112\"}]}",
        "{\"edits\":[{\"type\":\"clear_thinking_20251015\",\"type\":\"compact_20260112\"}]}",
        "{\"edits\":[{\"type\":\"clear_by_asking_20270101\"}]}",
        "{\"edits\":[{}]}",
        "{\"edits\":[],\"compact\":{}}",
        "{\"edits\":{}}",
        "[{\"type\":\"clear_thinking_20251015\"}]"
      })
  void check_contextManagementThatMayDoMore_isRefused(String value) {
    RequestView view = messages("context_management", value);

    ApiError error = catchThrowableOfType(ApiError.class, () -> Uncapped.check(view, MODEL));

    assertThat(error).as(value).isNotNull();
    assertThat(error.param()).isEqualTo("context_management");
  }

  @Test
  void check_contextManagementOfResponses_isRefused() {
    String request =
        """
        {"model":"m","input":"hi","context_management":[{"type":"compaction"}]}
        """;
    RequestView view = view(Dialect.RESPONSES, request);

    ApiError error = catchThrowableOfType(ApiError.class, () -> Uncapped.check(view, MODEL));

    assertThat(error.param()).isEqualTo("context_management");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"usage\":{\"include\":true}",
        "\"extra_body\":{\"google\":{\"thinking_config\":{\"thinking_budget\":9}}}"
      })
  void check_innerMembersThatAreFree_pass(String member) {
    assertThatCode(() -> Uncapped.check(view(member), MODEL)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"usage\":{\"include\":true,\"plan\":1} | usage",
        "\"usage\":1 | usage",
        "\"extra_body\":{\"google\":{\"cached_content\":\"c\"}} | extra_body",
        "\"extra_body\":{\"plugins\":[]} | extra_body",
        "\"provider\":{\"sort\":\"throughput\"} | provider",
        "\"models\":[\"x\"] | models"
      })
  void check_innerMembersThatMayCost_areRefused(String members, String param) {
    assertThat(refusal(members, MODEL).param()).isEqualTo(param);
  }

  private static RequestView messages(String member, String value) {
    return view(
        Dialect.MESSAGES,
        "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\""
            + member
            + "\":"
            + value
            + "}");
  }

  private static RequestView view(Dialect dialect, String json) {
    byte[] body = json.getBytes(UTF_8);
    return new JsonScan(64).scan(dialect, body, body.length, new PromptText());
  }

  private static ApiError refusal(String members, Model model) {
    RequestView view = view(members);
    ApiError error = catchThrowableOfType(ApiError.class, () -> Uncapped.check(view, model));
    assertThat(error).as(members).isNotNull();
    return error;
  }

  private static RequestView view(String members) {
    String json =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]," + members + "}";
    byte[] body = json.getBytes(UTF_8);
    return new JsonScan(64).scanChat(body, body.length, new PromptText());
  }

  private static Model model(Set<String> extraParams) {
    Upstream upstream =
        new Upstream(
            "u",
            Upstream.Provider.OPENAI,
            URI.create("http://localhost"),
            Optional.empty(),
            Timeouts.DEFAULT,
            1,
            Upstream.On5xx.VOID);
    return new Model(
        "m",
        List.of(new Deployment(upstream, "m")),
        false,
        ModelPrice.of(Money.ofNanos(1), Money.ofNanos(1)),
        new Capabilities(true, true, 0, 0, "", Set.of(), true, 0, 0, 64, extraParams));
  }
}
