package dev.ponder.gateway.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class BytesTest {

  private static final byte[] TEXT = "a few bytes".getBytes(UTF_8);

  @Test
  void arrayThatABufferFills_isNotCopied() {
    assertThat(Bytes.of(Bytes.wrap(TEXT))).isSameAs(TEXT);
  }

  @Test
  void ofAPart_allBytesOfThePartComeAndNoOthers() {
    assertThat(Bytes.of(Bytes.wrap(TEXT, 2, 5))).asString(UTF_8).isEqualTo("few");
    assertThat(Bytes.of(Bytes.wrap(TEXT, 0, 5))).asString(UTF_8).isEqualTo("a few");
    assertThat(Bytes.of(Bytes.wrap(TEXT).slice(2, 5))).asString(UTF_8).isEqualTo("few");
    assertThat(Bytes.of(Buffer.buffer(100).appendString("few"))).asString(UTF_8).isEqualTo("few");
    assertThat(Bytes.of(Buffer.buffer("few").appendString(" more"))).asString().endsWith("w more");
    assertThat(Bytes.of(Buffer.buffer())).isEmpty();
  }
}
