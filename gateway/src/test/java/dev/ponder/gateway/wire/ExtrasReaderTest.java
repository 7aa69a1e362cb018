package dev.ponder.gateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ponder.classify.PromptText;
import org.junit.jupiter.api.Test;

class ExtrasReaderTest {

  private final JsonScan scan = new JsonScan(64);
  private final PromptText text = new PromptText();

  /** Reads a request with these members, written with single quotes. */
  private RequestView with(String members) {
    String json = "{'model':'m','messages':[{'role':'user','content':'hi'}],%s}".formatted(members);
    byte[] body = json.replace('\'', '"').getBytes(UTF_8);
    return scan.scanChat(body, body.length, text);
  }

  /** Reads one message of which this is the content. */
  private RequestView content(String content) {
    return with("'x':0", content);
  }

  private RequestView with(String members, String content) {
    String json = "{'model':'m',%s,'messages':[{'content':%s}]}".formatted(members, content);
    byte[] body = json.replace('\'', '"').getBytes(UTF_8);
    return scan.scanChat(body, body.length, text);
  }

  private void assertRefused(String members, String param, String message) {
    ApiError error = catchThrowableOfType(ApiError.class, () -> with(members));
    assertThat(error).as("refusal of %s", members).isNotNull();
    assertThat(error.status()).isEqualTo(400);
    assertThat(error.param()).as(members).isEqualTo(param);
    assertThat(error).hasMessageContaining(message);
  }

  @Test
  void plainRequest_hasNothingThatEscapesTheCap() {
    RequestView view = with("'max_tokens':5");
    assertThat(view.bestOf()).isEqualTo(1);
    assertThat(view.serviceTier()).isNull();
    assertThat(view.hasAudio()).isFalse();
    assertThat(view.predictionBytes()).isZero();
    assertThat(view.webSearch()).isFalse();
    assertThat(view.hostedTool()).isNull();
    assertThat(view.images() + view.files() + view.audios()).isZero();
    assertThat(view.bothCaps()).isFalse();
  }

  @Test
  void nulls_areAsGoodAsAbsent() {
    RequestView view =
        with(
            "'best_of':null,'service_tier':null,'modalities':null,'audio':null,'prediction':null,"
                + "'web_search_options':null,'tools':null,'max_tokens':5,"
                + "'max_completion_tokens':null");
    assertThat(view.bestOf()).isEqualTo(1);
    assertThat(view.serviceTier()).isNull();
    assertThat(view.hasAudio()).isFalse();
    assertThat(view.predictionBytes()).isZero();
    assertThat(view.webSearch()).isFalse();
    assertThat(view.hostedTool()).isNull();
    assertThat(view.bothCaps()).isFalse();
  }

  @Test
  void wrongTypes_areNamed() {
    assertRefused("'best_of':0", "best_of", "0 (expected: an integer of 1..128 or null)");
    assertRefused("'best_of':129", "best_of", "129 (expected");
    assertRefused("'best_of':'2'", "best_of", "a string (expected");
    assertRefused("'service_tier':[]", "service_tier", "an array (expected: a string or null)");
    assertRefused("'service_tier':'" + "x".repeat(513) + "'", "service_tier", "513 characters");
    assertRefused("'modalities':'audio'", "modalities", "a string (expected: an array of strings");
    assertRefused("'modalities':['text',{}]", "modalities", "an object (expected: an array of");
    assertRefused("'audio':true", "audio", "a boolean (expected: an object or null)");
    assertRefused("'prediction':'x'", "prediction", "a string (expected: an object or null)");
    assertRefused("'web_search_options':[]", "web_search_options", "an array (expected: an object");
    assertRefused("'tools':{}", "tools", "an object (expected: an array or null)");
    assertRefused("'tools':[{'type':'" + "x".repeat(513) + "'}]", "tools", "513 characters");
    assertRefused("'b\\u0065st_of':1,'best_of':2", "best_of", "given twice");
  }

  @Test
  void caps_thatAreNoCountOfTokens_areRefused() {
    for (String cap : new String[] {"max_tokens", "max_completion_tokens"}) {
      String[] wrong = {
        "-1", "0", "'10'", "1e9", "9223372036854775808", "1.5", "1.0", "2147483648", "[]", "true"
      };
      for (String value : wrong) {
        assertRefused("'" + cap + "':" + value, cap, "(expected: an integer of 1..2147483647");
      }
      assertThat(with("'" + cap + "':2147483647").maxOutputTokens()).isEqualTo(2147483647L);
      assertThat(with("'" + cap + "':1").maxOutputTokens()).isEqualTo(1);
      assertRefused("'" + cap + "':1,'" + cap.replace("a", "\\u0061") + "':2", cap, "given twice");
    }
    assertThat(with("'max_tokens':9,'max_completion_tokens':5").bothCaps()).isTrue();
    assertThat(with("'max_tokens':null,'max_completion_tokens':5").bothCaps()).isFalse();
  }

  @Test
  void scalars_areRead() {
    RequestView view = with("'best_of':128,'service_tier':'prior\\u0069ty'");
    assertThat(view.bestOf()).isEqualTo(128);
    assertThat(view.serviceTier()).isEqualTo("priority");
    assertThat(with("'web_search_options':{}").webSearch()).isTrue();
    assertThat(with("'prediction': {'type':'content', 'content':'é'} ").predictionBytes())
        .isEqualTo(34);
  }

  @Test
  void audio_isSeenByModalityOrVoice() {
    assertThat(with("'modalities':['text','aud\\u0069o']").hasAudio()).isTrue();
    assertThat(with("'modalities':['text']").hasAudio()).isFalse();
    assertThat(with("'modalities':[]").hasAudio()).isFalse();
    assertThat(with("'audio':{}").hasAudio()).isTrue();
    assertThat(with("'modalities':['audio'],'audio':null").hasAudio()).isTrue();
    assertThat(with("'audio':{'voice':'x'},'modalities':['text']").hasAudio()).isTrue();
  }

  @Test
  void hostedTool_isTheFirstThatTheProviderRuns() {
    String function = "{'type':'function','function':{'type':'web_search','name':'f'}}";
    assertThat(with("'tools':[" + function + ",{'type':'custom'}]").hostedTool()).isNull();
    assertThat(with("'tools':[" + function + ",{'x':1,'type':'mcp'},{'type':'b'}]").hostedTool())
        .isEqualTo("mcp");
    assertThat(with("'tools':[{'type':'functi\\u006fn'},{'type':'file_s\\u0065arch'}]"))
        .returns("file_search", RequestView::hostedTool);
    assertThat(with("'tools':[{'type':'function','type':'code_interpreter'}]").hostedTool())
        .isEqualTo("code_interpreter");
    assertThat(with("'tools':[{'google_search':{}}]").hostedTool()).isEqualTo("google_search");
    assertThat(with("'tools':['web_search']").hostedTool()).isEqualTo("web_search");
    assertThat(with("'tools':[{'name':'f','parameters':{}},{'function':{}},{},7]").hostedTool())
        .isNull();
    assertThat(text.tools()).isEqualTo(4);
    assertThat(with("'functions':[{'type':'web_search'}]").hostedTool()).isNull();
    assertThat(text.tools()).isEqualTo(1);
  }

  @Test
  void attachments_areCountedByTheirKind() {
    RequestView view =
        content(
            "['x',{'type':'text','text':'a'},{'text':'b'},{'type':'refusal','refusal':'c'},"
                + "{'type':'image_url','image_url':{}},{'type':'input_image','file_id':'i'},"
                + "{'type':'input_audio','input_audio':{}},{'input_audio':{}},"
                + "{'type':'file','file':{}},{'type':'input_file'},{'type':'document'}]");
    assertThat(view.images()).isEqualTo(2);
    assertThat(view.audios()).isEqualTo(2);
    assertThat(view.files()).isEqualTo(3);
    assertThat(view.needsVision()).isTrue();
  }

  @Test
  void partsOfUnknownKind_countAsFiles() {
    assertThat(content("[{'type':'video_url','video_url':{}}]").files()).isEqualTo(1);
    assertThat(content("[{'type':'file','text':'not only'}]").files()).isEqualTo(1);
    assertThat(content("[{'type':'text','type':'file','text':'x'}]").files()).isEqualTo(1);
    assertThat(content("[{'type':'text','text':'x','file':{}}]").files()).isEqualTo(1);
    assertThat(content("[{'x':1}, {}, 5]").files()).isEqualTo(3);
    assertThat(content("{'type':'file'}").files()).isEqualTo(1);
    assertThat(content("[{'t\\u0079pe':'t\\u0065xt','text':'x'}]").files()).isZero();
    assertThat(content("null").files()).isZero();
    assertThat(with("'x':0", "null,'audio':{'id':'audio_1'}").audios()).isEqualTo(1);
    assertThat(with("'x':0", "'hi','audio':null").audios()).isZero();
  }

  @Test
  void eachRequest_forgetsTheOneBefore() {
    with("'tools':[{'type':'mcp'}],'audio':{},'best_of':3,'service_tier':'flex'");
    content("[{'type':'image_url'},{'type':'file'},{'type':'input_audio'}]");
    plainRequest_hasNothingThatEscapesTheCap();
  }
}
