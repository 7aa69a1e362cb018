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
      assertThat(keepsLong("'a':{" + mark + "}")).as(mark).isTrue();
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
            "'ttl':'1\\\\u0068'",
            "'text':'\\'ttl\\': \\'1h\\''",
            "'text':'ttl:1h'",
            "'1h':'ttl'")) {
      assertThat(keepsLong("'a':{" + other + "}")).as(other).isFalse();
    }
    for (String cut : List.of("h\"", "1h\"", "\"1h\"", ":\"1h\"", "l\":\"1h\"", "\"8\"")) {
      assertThat(CacheLife.isLong(cut.getBytes(UTF_8), cut.length() - 1)).as(cut).isFalse();
    }
  }

  private static boolean keepsLong(String members) {
    return keepsLong(Dialect.MESSAGES, "'messages':[{'role':'user','content':'x'}]," + members);
  }

  @Test
  void mark_behindAnyText_isSeen_andForOneRequestOnly() {
    Random random = new Random(11);
    String letters = "h81:g9!ié ";
    JsonScan scan = new JsonScan(64);
    for (int i = 0; i < 5_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(40); n > 0; n--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      String other = "{'model':'" + text + "','a':['" + text + "'%s,'" + text.reverse() + "']}";
      assertThat(keepsLong(scan, other.formatted(",{'ttl':'1h'}"))).as("round %d", i).isTrue();
      assertThat(keepsLong(scan, other.formatted(",'ttl','1h'"))).as("round %d", i).isFalse();
    }
  }

  private static boolean keepsLong(JsonScan scan, String json) {
    byte[] body = json.replace('\'', '"').getBytes(UTF_8);
    return scan.scan(body, body.length, new PromptText()).keepsLong();
  }
}
