package dev.ponder.gateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DialectGuessTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "CHAT | {'model':'m','messages':[{'role':'user','content':'system'}]}",
        "CHAT | {'messages':[{'role':'system','content':[{'type':'image_url'}]}],'max_tokens':9}",
        "CHAT | {'messages':[],'tools':[{'type':'function','function':{'parameters':{}}}]}",
        "CHAT | {'messages':[{'role':'user','content':'x'}],'prompt':'y','input':'z'}",
        "CHAT | {}",
        "CHAT | []",
        "CHAT | {'mess",
        "MESSAGES | {'system':'s','messages':[{'role':'user','content':'x'}]}",
        "MESSAGES | {'messages':[],'stop_sequences':['x'],'max_tokens':9}",
        "MESSAGES | {'messages':[],'tools':[{'name':'f','input_schema':{}}]}",
        "MESSAGES | {'messages':[{'role':'user','content':[{'type':'tool_result'}]}]}",
        "MESSAGES | {'messages':[{'role':'user','content':[{'type':'document'}]}]}",
        "RESPONSES | {'model':'m','input':'x'}",
        "RESPONSES | {'input':[{'role':'user','content':'x'}],'instructions':'i'}",
        "RESPONSES | {'prompt':{'id':'p'}}",
        "EMBEDDINGS | {'model':'m','input':['a','b']}",
        "EMBEDDINGS | {'input':[[1,2],[3]]}",
        "EMBEDDINGS | {'input':'x','encoding_format':'base64'}",
        "EMBEDDINGS | {'dimensions':256,'input':'x'}",
        "COMPLETIONS | {'model':'m','prompt':'x'}",
        "COMPLETIONS | {'prompt':['x','y'],'max_tokens':5}",
      })
  void dialect_isSeenByTheBodysMembers(Dialect expected, String json) {
    byte[] body = json.replace('\'', '"').getBytes(UTF_8);
    assertThat(DialectGuess.of(body, body.length)).isEqualTo(expected);
  }
}
