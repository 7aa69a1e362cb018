package dev.ponder.gateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventTemplateTest {

  private static final String[] STRINGS = {
    "",
    "x",
    " shortest",
    "7",
    "\\n",
    "\\\"",
    "\\u0022",
    "日本",
    "😀é",
    "usage\\\":{",
    "a longer one of text",
  };
  private static final String[] UNSOUND = {"\\u00g0", "\\x", "\n", "\t", "\r", "\"", "\\"};

  private static final String[] SHAPES = {
    "{'id':'%1$s','choices':[{'delta':{'content':'%2$s'},'finish_reason':null}],'usage':null}",
    "{'choices':[{'delta':{'content':'%1$s'},'finish_reason':null}],'obfuscation':'%2$s'}",
    "{'choices':[{'delta':{'reasoning_content':'%1$s','content':'%2$s'}}]}",
    "{'choices':[{'delta':{'tool_calls':[{'function':{'arguments':'%1$s%2$s'}}]}}]}",
    "{'choices':[{'delta':{'content':[{'thinking':'%1$s'},{'text':'%2$s'}]}}]}",
    "{'choices':[{'delta':{'c\\u006fntent':'%2$s'},'finish_reason':'%1$s'}]}",
    "{'choices':[],'usage':{'prompt_tokens':3,'note':'%1$s%2$s'}}",
    "{'choices':[],'us\\u0061ge':{'prompt_tokens':%3$d},'note':'%1$s%2$s'}",
    "{'choices':[{'text':'%2$s'}],'n':%3$d,'error':'%1$s'}",
    "{'choices':[ {'delta':{'%1$s':'%2$s'}}]}",
    "{'id':'%1$s','choices':[{'delta':{'reasoning':'%2$s','reasoning_content':'%1$s'}}]}",
    "{'choices':[{'delta':{'tool_calls':[{'id':'%1$s','function':{'arguments':{'a':'%2$s'}}}]}}]}",
    "{'choices':[{'delta':{'refusal':'%1$s'}},{'delta':{'content':'%2$s'}}],'pad':'%1$s'}",
    "{'choices':[],'usage':{'prompt_tokens':'%1$s','completion_tokens':'%2$s'}}",
    "{'choices':[],'usage':{'prompt_tokens':'1%3$d','completion_tokens':'%3$d'}}",
    "{'choices':[],'usage':'%1$s'}",
    "{'%2$s':{'%1$s':3}}",
    "['%1$s','%2$s']",
  };

  private final Random random = new Random(17);

  private String pick(String[] choices) {
    return choices[random.nextInt(choices.length)];
  }

  private String string() {
    boolean unsound = random.nextInt(25) == 0;
    return unsound ? pick(UNSOUND) : pick(STRINGS) + (random.nextInt(3) == 0 ? pick(STRINGS) : "");
  }

  private String event(String shape) {
    String json = shape.formatted(string(), string(), random.nextInt(2)).replace('\'', '"');
    return "data: " + json + "\n\n";
  }

  private static String facts(StreamEvent event, int from) {
    return String.join(
        " ",
        String.valueOf(event.done()),
        String.valueOf(event.finished()),
        String.valueOf(event.finishReason()),
        String.valueOf(event.emptyChoices()),
        String.valueOf(event.usage()),
        String.valueOf(event.error()),
        String.valueOf(event.content()),
        String.valueOf(event.reasoning()),
        String.valueOf(event.odd()),
        String.valueOf(event.visibleBytes()),
        String.valueOf(event.objectEnd() < 0 ? -1 : event.objectEnd() - from));
  }

  /** A reader that has read nothing before walks the whole event. */
  private static String walked(byte[] bytes) {
    StreamEvent event = new StreamEvent();
    event.read(bytes, 0, bytes.length);
    return facts(event, 0);
  }

  @Test
  void eventAfterOthers_saysTheSameAsOnItsOwn() {
    StreamEvent event = new StreamEvent();
    String shape = SHAPES[0];
    for (int i = 0; i < 60_000; i++) {
      shape = random.nextInt(6) == 0 ? pick(SHAPES) : shape;
      String text = random.nextInt(200) == 0 ? "data: [DONE]\n\n" : event(shape);
      byte[] bytes = text.getBytes(UTF_8);
      int from = random.nextInt(40);
      byte[] chunk = new byte[from + bytes.length + random.nextInt(3)];
      System.arraycopy(bytes, 0, chunk, from, bytes.length);
      event.read(chunk, from, from + bytes.length);
      assertThat(facts(event, from)).as("%d: %s", i, text).isEqualTo(walked(bytes));
    }
  }

  /** Changes single bytes of an event after another like it has been learnt. */
  @Test
  void anyChangedByte_isNoticed() {
    String text =
        "data: {\"id\":\"c1\",\"choices\":[{\"delta\":{\"content\":\" x\",\"refusal\":null},"
            + "\"finish_reason\":null}],\"usage\":null,\"error\":null,\"obfuscation\":\"ab\"}\n\n";
    byte[] learnt = text.getBytes(UTF_8);
    byte[] replacements = "\"\\{}[]:, \nxut1\0\u007f".getBytes(UTF_8);
    for (int at = 0; at < learnt.length; at++) {
      for (byte replacement : replacements) {
        byte[] changed = learnt.clone();
        changed[at] = replacement;
        StreamEvent event = new StreamEvent();
        event.read(learnt, 0, learnt.length);
        event.read(changed, 0, changed.length);
        assertThat(facts(event, 0)).as(new String(changed, UTF_8)).isEqualTo(walked(changed));
      }
    }
  }

  /** All that a stream says, piece by piece. */
  private static final class Told implements SseFramer.Sink {
    final List<String> pieces = new ArrayList<>();
    final StreamEvent event = new StreamEvent();
    final boolean ahead;
    int known;

    Told(boolean ahead) {
      this.ahead = ahead;
    }

    @Override
    public void event(byte[] bytes, int from, int to) {
      event.read(bytes, from, to);
      tell(bytes, from, to);
    }

    @Override
    public int known(byte[] bytes, int from, int limit) {
      int to = ahead ? event.readAlike(bytes, from, limit) : -1;
      if (to >= 0) {
        known++;
        tell(bytes, from, to);
      }
      return to;
    }

    private void tell(byte[] bytes, int from, int to) {
      pieces.add(new String(bytes, from, to - from, UTF_8) + facts(event, from));
    }

    @Override
    public void part(byte[] bytes, int from, int to) {
      pieces.add(new String(bytes, from, to - from, UTF_8));
    }
  }

  private static Told told(boolean ahead, int heldMax, byte[] stream, int cut) {
    Told told = new Told(ahead);
    SseFramer framer = new SseFramer(heldMax);
    framer.feed(Arrays.copyOf(stream, cut), told);
    told.pieces.add("boundary " + framer.atBoundary());
    framer.feed(Arrays.copyOfRange(stream, cut, stream.length), told);
    told.pieces.add("boundary " + framer.atBoundary());
    framer.end(told);
    return told;
  }

  @Test
  void eventsFoundByTheirLikeness_areThoseThatFramingFinds_whereverTheStreamIsCut() {
    String[] ends = {"\n\n", "\n\n", "\n\n", "\r\n\r\n", "\r\r", "\n\r\n", "\n: x\n\n", "\n"};
    int known = 0;
    for (int i = 0; i < 150; i++) {
      StringBuilder out = new StringBuilder(i % 10 == 0 ? "\ufeff" : "");
      String shape = pick(SHAPES);
      String end = pick(ends);
      for (int n = random.nextInt(8); n >= 0; n--) {
        String event = random.nextInt(9) == 0 ? "data: [DONE]\n\n" : event(shape);
        out.append(random.nextInt(6) == 0 ? ": ping\n" : "")
            .append(event.strip())
            .append(random.nextInt(5) == 0 ? pick(ends) : end);
      }
      byte[] stream = out.toString().getBytes(UTF_8);
      for (int cut = 0; cut <= stream.length; cut++) {
        int heldMax = cut % 3 == 0 ? 90 : 10_000;
        Told quick = told(true, heldMax, stream, cut);
        known += quick.known;
        assertThat(quick.pieces).isEqualTo(told(false, heldMax, stream, cut).pieces);
      }
    }
    assertThat(known).isGreaterThan(10_000);
  }

  @Test
  void deltasOfAStream_areWalkedOnce() {
    String head =
        "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
            + "\"model\":\"mini\",\"choices\":[";
    String choice = "{\"index\":0,\"delta\":{%s},\"finish_reason\":%s}]}\n\n";
    String stream =
        (head + choice.formatted("\"content\":\"word \"", "null")).repeat(38)
            + head
            + choice.formatted("", "\"stop\"")
            + head
            + "],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":38,\"total_tokens\":47}}\n\n"
            + "data: [DONE]\n\n";
    Told told = told(true, 10_000, stream.getBytes(UTF_8), 0);
    assertThat(told.known).isEqualTo(37);
    assertThat(told.event.done()).isTrue();
  }

  @Test
  void eachKindOfEvent_isLearntAtOnce_asLongAsMostAreAlike() {
    String three =
        "data: {\"%1$s\":\"a\"}\n\ndata: {\"%1$s\":\"bc\"}\n\ndata: {\"%1$s\":\"d\"}\n\n";
    String stream = (three.formatted("x") + three.formatted("y")).repeat(10);
    assertThat(told(true, 10_000, stream.getBytes(UTF_8), 0).known).isEqualTo(40);
  }

  private static EventTemplate learnt(String data) {
    byte[] bytes = data.getBytes(UTF_8);
    EventTemplate template = new EventTemplate();
    template.learn(bytes, 0, bytes.length, 0, bytes.length, new IntList());
    return template;
  }

  private static boolean matches(EventTemplate template, String data) {
    byte[] bytes = ("~" + data + "~").getBytes(UTF_8);
    return template.matches(bytes, 1, bytes.length - 1);
  }

  @Test
  void eventThatDiffersWithinStrings_isLikeTheTemplate() {
    EventTemplate template = learnt("{\"a\":\"one\",\"b\":[\"two\", \"\" ]}");
    assertThat(matches(template, "{\"a\":\"one\",\"b\":[\"two\", \"\" ]}")).isTrue();
    assertThat(matches(template, "{\"a\":\"\\\"\",\"b\":[\"日本語\", \"\" ]}")).isTrue();
    assertThat(matches(template, "{\"a\":\"onetwothree\",\"b\":[\"t\", \"\" ]}")).isTrue();
    assertThat(matches(template, "{\"a\":\"\",\"b\":[\"two\", \"\" ]}")).isFalse();
    assertThat(matches(template, "{\"a\":\"one\",\"b\":[\"two\", \"x\" ]}")).isFalse();
    assertThat(matches(template, "{\"c\":\"one\",\"b\":[\"two\", \"\" ]}")).isFalse();
    assertThat(matches(template, "{\"a\":\"one\",\"b\":[\"two\", \"\" ],\"c\":1}")).isFalse();
    assertThat(matches(template, "{\"a\":\"one")).isFalse();
    template.forget();
    assertThat(matches(template, "{\"a\":\"one\",\"b\":[\"two\", \"\" ]}")).isFalse();
  }

  @Test
  void longEventsAndThoseWithManyStrings_areNotLearnt() {
    String most = "[" + "\"x\",".repeat(64) + "1]";
    assertThat(matches(learnt(most), most)).isTrue();
    String tooMany = "[" + "\"x\",".repeat(65) + "1]";
    assertThat(matches(learnt(tooMany), tooMany)).isFalse();
    String longest = "[\"" + "x".repeat(4092) + "\"]";
    assertThat(matches(learnt(longest), longest)).isTrue();
    assertThat(matches(learnt(longest + " "), longest + " ")).isFalse();
  }
}
