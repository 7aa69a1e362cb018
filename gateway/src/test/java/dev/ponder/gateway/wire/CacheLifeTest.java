package dev.ponder.gateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.classify.PromptText;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which requests have input kept in a cache for an hour. */
class CacheLifeTest {

  private static final String MARK = "'cache_control':{'type':'ephemeral','ttl':'1h'}";

  private static boolean keepsLong(Dialect dialect, String members) {
    String json = "{'model':'m','max_tokens':9," + members + "}";
    byte[] body = json.replace('\'', '"').getBytes(UTF_8);
    return new JsonScan(64).scan(dialect, body, body.length, new PromptText()).keepsLong();
  }

  @Test
  void mark_whereverItStands_isSeen() {
    String block = "[{'type':'text','text':'x'," + MARK + "}]";
    String hello = "'messages':[{'role':'user','content':'x'}]";
    for (String members :
        List.of(
            hello + "," + MARK,
            hello + ",'system':" + block,
            hello + ",'tools':[{'name':'f','input_schema':{}," + MARK + "}]",
            "'messages':[{'role':'user','content':" + block + "}]",
            "'messages':[{'role':'user','content':[{'type':'tool_result','content':"
                + block
                + "}]}]")) {
      for (Dialect dialect : List.of(Dialect.MESSAGES, Dialect.CHAT)) {
        assertThat(keepsLong(dialect, members)).as(members).isTrue();
        assertThat(keepsLong(dialect, members.replace("1h", "5m"))).as(members).isFalse();
      }
    }
  }

  @Test
  void mark_howeverItIsSpelt_isSeen() {
    for (String mark :
        List.of(
            "'ttl':'1h'",
            "'ttl'  :\n\t'1h'",
            "'ttl':'\\u0031h'",
            "'ttl':'1\\u0068'",
            "'ttl':'\\u0031\\u0068'",
            "'t\\u0074l':'1h'",
            "'\\u0074\\u0074\\u006C' : '\\u0031\\u0068'",
            "'ttl':'5m','ttl':'1h'")) {
      assertThat(isLong("{" + mark + "}")).as(mark).isTrue();
    }
  }

  @Test
  void whatIsNoMark_isNotSeen() {
    for (String other :
        List.of(
            "'ttl':'5m'",
            "'ttl':1",
            "'ttl':{'enum':['1h']}",
            "'attl':'1h'",
            "'tl':'1h'",
            "'every':'1h'",
            "'ttl':'11h'",
            "'ttl':'1\\u0067'",
            "'ttl':'1\\x0068'",
            "'text':'\\'ttl\\': \\'1h\\''",
            "'text':'ttl:1h'",
            "'1h':'ttl'")) {
      assertThat(isLong("{" + other + "}")).as(other).isFalse();
    }
    for (String cut : List.of("", "h", "h\"", "1h\"", "\"1h\"", ":\"1h\"", "l\":\"1h\"")) {
      assertThat(CacheLife.isLong(cut.getBytes(UTF_8), cut.length())).as(cut).isFalse();
    }
  }

  private static boolean isLong(String json) {
    byte[] body = json.replace('\'', '"').getBytes(UTF_8);
    return CacheLife.isLong(body, body.length);
  }

  @Test
  void mark_atAnyPlaceInAnyText_isSeen_andOnlyUpToTheLength() {
    Random random = new Random(11);
    String letters = "h8\"1:g9!ié ";
    for (int i = 0; i < 5_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(40); n > 0; n--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      byte[] before = text.toString().getBytes(UTF_8);
      byte[] whole = (text + "\"ttl\":\"1h\"" + text.reverse()).getBytes(UTF_8);
      int end = before.length + "\"ttl\":\"1h\"".length();
      assertThat(CacheLife.isLong(whole, whole.length)).as("round %d", i).isTrue();
      assertThat(CacheLife.isLong(whole, end)).as("round %d", i).isTrue();
      assertThat(CacheLife.isLong(whole, end - 1)).as("round %d", i).isFalse();
    }
  }
}
