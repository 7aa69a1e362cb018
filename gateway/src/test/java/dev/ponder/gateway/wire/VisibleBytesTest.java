package dev.ponder.gateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class VisibleBytesTest {

  private static final String[] WORDS = {"a", " shortest", "日本", "\\n", "\\u00e9", "x".repeat(300)};

  private final StreamEvent event = new StreamEvent();

  private static byte[] bytes(String json) {
    return json.replace('\'', '"').getBytes(UTF_8);
  }

  private long ofDelta(String members) {
    byte[] bytes = bytes("data: {'choices':[{'delta':{" + members + "},'index':0}]}\n\n");
    event.read(bytes, 0, bytes.length);
    return event.visibleBytes();
  }

  private static long ofAnswer(String choices) {
    byte[] bytes = bytes("{'id':'x','choices':" + choices + ",'usage':null}");
    AnswerFacts facts = UsageReader.facts(bytes, 0, bytes.length);
    assertThat(facts.json()).as(choices).isTrue();
    return facts.visibleBytes();
  }

  @Test
  void delta_countsWhatItSays() {
    assertThat(ofDelta("'content':'hello'")).isEqualTo(5);
    assertThat(ofDelta("'content':'日\\n'")).isEqualTo(5);
    assertThat(ofDelta("'refusal':'no','content':null")).isEqualTo(2);
    assertThat(ofDelta("'reasoning_content':'hm','content':''")).isEqualTo(2);
    assertThat(ofDelta("'role':'assistant','content':''")).isZero();
    assertThat(ofDelta("'tool_calls':[{'index':0,'function':{'arguments':'{a'}}]")).isEqualTo(2);
    assertThat(ofDelta("'function_call':{'name':'f','arguments':'12'}")).isEqualTo(3);
    assertThat(ofDelta("'tool_calls':[{'id':'c','type':'custom','custom':{'input':'123'}}]"))
        .isEqualTo(3);
  }

  @Test
  void reasoningSaidTwice_countsOnce() {
    assertThat(ofDelta("'reasoning':'hm','reasoning_content':'hm'")).isEqualTo(2);
    assertThat(ofDelta("'reasoning_content':'','reasoning':'hm'")).isEqualTo(2);
    assertThat(ofDelta("'reasoning':'hm','reasoning_details':[{'text':'hm'}]")).isEqualTo(2);
    assertThat(event.reasoning()).isTrue();
    assertThat(ofDelta("'reasoning_details':[{'text':'hm'}]")).isZero();
    assertThat(event.reasoning()).isTrue();
  }

  @Test
  void unusualShapes_countInFull() {
    assertThat(ofDelta("'content':[{'type':'text','text':'ab'},{'thinking':'cde'},'f']"))
        .isEqualTo(6);
    assertThat(ofDelta("'tool_calls':[{'function':{'name':'f','arguments':{'a': 1}}}]"))
        .isEqualTo(1 + 8);
    assertThat(ofDelta("'audio':{'id':'a','data':'AAAA','transcript':'hi'}")).isEqualTo(2);
    assertThat(event.content()).isTrue();
    byte[] broken = bytes("data: {'choices':[{'delta':{'content':'hel\n\n");
    event.read(broken, 0, broken.length);
    assertThat(event.visibleBytes()).isEqualTo(broken.length - 8);
  }

  @Test
  void whatIsNoAnswer_countsNothing() {
    for (String text : new String[] {": ping\n\n", "data: [DONE]\n\n", "data: {'error':'x'}\n\n"}) {
      ofDelta("'content':'hello'");
      byte[] bytes = bytes(text);
      event.read(bytes, 0, bytes.length);
      assertThat(event.visibleBytes()).as(text).isZero();
    }
  }

  @Test
  void plainAnswer_countsAllItsChoices() {
    assertThat(
            ofAnswer(
                "[{'message':{'role':'assistant','content':'abc'},'logprobs':{'content':'xxxxx'}},"
                    + "{'message':{'content':null,'refusal':'no','tool_calls':["
                    + "{'id':'call_1','type':'function','function':{'name':'f','arguments':'{}'}},"
                    + "{'function':{'name':'g','arguments':'[1]'}}]}},{'text':'old'}]"))
        .isEqualTo(3 + 2 + 3 + 4 + 3);
    assertThat(ofAnswer("[]")).isZero();
    assertThat(ofAnswer("null")).isZero();
    AnswerFacts cut = UsageReader.facts(bytes("{'choices':[{'text':'x'}]"), 0, 25);
    assertThat(cut.visibleBytes()).isZero();
  }

  /** Most events are like the one before and not walked: their lengths count all the same. */
  @Test
  void longStream_sumsUpToWhatWasSaid() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      StreamEvent stream = new StreamEvent();
      long said = 0;
      long summed = 0;
      for (int i = 0; i < 40; i++) {
        String word = WORDS[random.nextInt(WORDS.length)];
        String other = WORDS[random.nextInt(WORDS.length)];
        String shape = random.nextInt(8) == 0 ? "'refusal':'%s'" : "'role':'%2$s','content':'%1$s'";
        byte[] bytes =
            bytes(
                "data: {'id':'%s','choices':[{'delta':{%s}}],'pad':'%s'}\n\n"
                    .formatted(other, shape.formatted(word, other), other));
        stream.read(bytes, 0, bytes.length);
        said += word.getBytes(UTF_8).length;
        summed += stream.visibleBytes();
      }
      assertThat(summed).as("seed %d", seed).isEqualTo(said);
    }
  }
}
