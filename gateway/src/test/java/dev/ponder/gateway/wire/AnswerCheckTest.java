package dev.ponder.gateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with an answer, and that nothing is said of what is none. */
class AnswerCheckTest {

  private static AnswerCheck check(String choice) {
    return AnswerCheck.of(("{\"id\":1,\"choices\":[" + choice + "]}").getBytes(UTF_8));
  }

  private static AnswerCheck says(String content) {
    return check("{\"message\":{\"content\":" + content + "},\"finish_reason\":\"stop\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"message\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"} | ",
        "{\"message\":{\"content\":null},\"finish_reason\":\"stop\"} | empty",
        "{\"message\":{\"content\":\" \\n\"},\"finish_reason\":\"stop\"} | empty",
        "{\"message\":{},\"finish_reason\":null} | empty",
        "{\"message\":{\"content\":[]}} | empty",
        "{\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"hi\"}]}} | ",
        "{\"message\":{\"content\":null,\"tool_calls\":[{\"id\":\"a\"}]}} | ",
        "{\"message\":{\"content\":null,\"tool_calls\":[]}} | empty",
        "{\"message\":{\"content\":null,\"function_call\":{\"name\":\"f\"}}} | ",
        "{\"message\":{\"refusal\":\"no\",\"content\":null}} | refused",
        "{\"message\":{\"refusal\":null,\"content\":\"hi\"}} | ",
        "{\"message\":{\"content\":\"\"},\"finish_reason\":\"content_filter\"} | refused",
        "{\"message\":{\"content\":\"hi\"},\"finish_reason\":\"length\"} | truncated",
        "{\"message\":{\"content\":\"\"},\"finish_reason\":\"length\"} | empty truncated",
      })
  void choice_isRead(String choice, String faults) {
    String wanted = faults == null ? "" : faults;
    for (String choices :
        new String[] {choice, choice + ",{\"message\":{\"content\":\"other\"}}"}) {
      AnswerCheck check = check(choices);
      assertThat(check.refused()).describedAs(choices).isEqualTo(wanted.contains("refused"));
      assertThat(check.empty()).describedAs(choices).isEqualTo(wanted.contains("empty"));
      assertThat(check.truncated()).describedAs(choices).isEqualTo(wanted.contains("truncated"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\\\"a\\\": [1, \\\"\\\\u00e4\\\"]}", " [1]\\n", "{\\\"a\\\":{}}"})
  void json_isJson(String content) {
    assertThat(says("\"" + content + "\"").notJson()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Sure: {}", "{\\\"a\\\": 1", "```json\\n{}\\n```", "{} {}", "{a:1}", "7"})
  void json_isNone(String content) {
    assertThat(says("\"" + content + "\"").notJson()).isTrue();
  }

  @Test
  void json_ofNoText_isNoFaultOfItsOwn() {
    assertThat(says("null").notJson()).isFalse();
    assertThat(says("\"\"").notJson()).isFalse();
  }

  @Test
  void logprob_isTheMean() {
    String tokens =
        "{\"token\":\"a\",\"logprob\":-0.5,\"top_logprobs\":[{\"logprob\":-9}]},"
            + "{\"token\":\"b\",\"logprob\":-1.5e0}";
    AnswerCheck check =
        check(
            "{\"logprobs\":{\"content\":["
                + tokens
                + "],\"refusal\":null},\"message\":{\"content\":\"ab\"}}");
    assertThat(check.meanLogprob()).isEqualTo(-1, within(1e-12));
    assertThat(says("\"x\"").meanLogprob()).isZero();
    assertThat(check("{\"logprobs\":null,\"message\":{}}").meanLogprob()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"choices\":[]}",
        "{\"choices\":[{\"message\":{\"content\":\"\"}",
        "x"
      })
  void noAnswer_hasNoFaults(String json) {
    AnswerCheck check = AnswerCheck.of(json.getBytes(UTF_8));
    assertThat(check.empty() || check.refused() || check.truncated() || check.notJson()).isFalse();
    assertThat(check.meanLogprob()).isZero();
  }
}
