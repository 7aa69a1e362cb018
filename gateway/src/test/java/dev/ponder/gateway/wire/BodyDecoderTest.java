package dev.ponder.gateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class BodyDecoderTest {

  private static final byte[] HELLO = "hello, hello, hello".getBytes(UTF_8);

  /** "hello, hello, hello" as one uncompressed meta-block: WBITS 16, MNIBBLES 4, MLEN 19. */
  private static byte[] brotli() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    // Bits, lowest first: 0 (window), 0 (not last), 00 (4 nibbles), 18 (length - 1), 1 (stored).
    int header = 18 << 4 | 1 << 20;
    out.write(header);
    out.write(header >> 8);
    out.write(header >> 16);
    out.writeBytes(HELLO);
    out.write(3);
    return out.toByteArray();
  }

  private interface Packer {
    OutputStream on(OutputStream out) throws IOException;
  }

  private static byte[] pack(Packer packer, byte[] plain) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream packing = packer.on(out)) {
      packing.write(plain);
    }
    return out.toByteArray();
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    return pack(GZIPOutputStream::new, plain);
  }

  private static byte[] deflate(byte[] plain, boolean raw) throws IOException {
    return pack(out -> new DeflaterOutputStream(out, new Deflater(6, raw)), plain);
  }

  private static byte[] join(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static byte[] decode(String encoding, byte[] body) {
    byte[] longer = Arrays.copyOf(body, body.length + 5);
    return BodyDecoder.decode(encoding, longer, body.length, 1 << 20);
  }

  private static ApiError refusal(String encoding, byte[] body, long bytesMax) {
    ApiError error =
        catchThrowableOfType(
            ApiError.class, () -> BodyDecoder.decode(encoding, body, body.length, bytesMax));
    assertThat(error)
        .as("%s %s", encoding, HexFormat.of().formatHex(body, 0, Math.min(40, body.length)))
        .isNotNull();
    return error;
  }

  @Test
  void everyEncoding_isUndone() throws IOException {
    assertThat(decode("gzip", gzip(HELLO))).isEqualTo(HELLO);
    assertThat(decode(" X-GZIP ", gzip(HELLO))).isEqualTo(HELLO);
    assertThat(decode("deflate", deflate(HELLO, false))).isEqualTo(HELLO);
    assertThat(decode("Deflate", deflate(HELLO, true))).isEqualTo(HELLO);
    assertThat(decode("br", brotli())).isEqualTo(HELLO);
    assertThat(decode("zstd", Zstd.compress(HELLO))).isEqualTo(HELLO);
    assertThat(decode("identity", HELLO)).isEqualTo(HELLO);
    assertThat(decode("", HELLO)).isEqualTo(HELLO);
    assertThat(BodyDecoder.decode("identity", HELLO, HELLO.length, 100)).isSameAs(HELLO);
  }

  @Test
  void severalMembersAndFrames_areJoined() throws IOException {
    byte[] twice = join(HELLO, HELLO);
    assertThat(decode("gzip", join(gzip(HELLO), gzip(HELLO)))).isEqualTo(twice);
    assertThat(decode("zstd", join(Zstd.compress(HELLO), Zstd.compress(HELLO)))).isEqualTo(twice);
  }

  @Test
  void lists_areUndoneInReverse() throws IOException {
    assertThat(decode("gzip, zstd", Zstd.compress(gzip(HELLO)))).isEqualTo(HELLO);
    assertThat(decode("zstd,identity,gzip", gzip(Zstd.compress(HELLO)))).isEqualTo(HELLO);
    byte[] thrice = deflate(join(gzip(brotli()), gzip(new byte[0])), true);
    assertThat(decode("br, gzip, deflate", thrice)).isEqualTo(HELLO);
    assertThat(refusal("gzip,gzip,gzip,gzip", HELLO, 100).status()).isEqualTo(415);
    assertThat(refusal("gzip, zstd", gzip(Zstd.compress(HELLO)), 100).status()).isEqualTo(400);
  }

  @Test
  void largeBodies_comeBackWhole() throws IOException {
    byte[] plain = new byte[5_000_000];
    new Random(1).nextBytes(plain);
    Arrays.fill(plain, 1_000_000, 3_000_000, (byte) 'x');
    for (String encoding : new String[] {"gzip", "zstd"}) {
      byte[] packed = encoding.equals("gzip") ? gzip(plain) : Zstd.compress(plain);
      assertThat(BodyDecoder.decode(encoding, packed, packed.length, plain.length))
          .isEqualTo(plain);
      ApiError error = refusal(encoding, packed, plain.length - 1L);
      assertThat(error.status()).isEqualTo(413);
    }
  }

  @Test
  void bombs_areStoppedEarly() throws IOException {
    byte[] zeros = new byte[1 << 20];
    byte[] bomb = pack(out -> new GZIPOutputStream(new GZIPOutputStream(out)), new byte[0]);
    assertThat(decode("gzip, gzip", bomb)).isEmpty();
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new ZstdOutputStream(new GZIPOutputStream(packed))) {
      for (int i = 0; i < 512; i++) {
        out.write(zeros);
      }
    }
    assertThat(packed.size()).isLessThan(100_000);
    assertThat(refusal("zstd, gzip", packed.toByteArray(), 1 << 20).status()).isEqualTo(413);
  }

  @Test
  void hugeWindows_areRefused() throws IOException {
    byte[] wide =
        pack(
            out -> {
              ZstdOutputStream zstd = new ZstdOutputStream(out);
              zstd.setLong(27);
              return zstd;
            },
            HELLO);
    assertThat(refusal("zstd", wide, 1 << 20).status()).isEqualTo(400);
  }

  @Test
  void brokenData_isRefused() throws IOException {
    byte[][] packed = {
      gzip(HELLO), deflate(HELLO, false), deflate(HELLO, true), brotli(), Zstd.compress(HELLO)
    };
    String[] encodings = {"gzip", "deflate", "deflate", "br", "zstd"};
    for (int i = 0; i < packed.length; i++) {
      for (int length = 0; length < packed[i].length; length++) {
        ApiError error = refusal(encodings[i], Arrays.copyOf(packed[i], length), 1 << 20);
        assertThat(error.status()).isEqualTo(400);
        assertThat(error).hasMessageContaining("Content-Encoding " + encodings[i]);
      }
      assertThat(refusal(encodings[i], "[{}]".getBytes(UTF_8), 100).status()).isEqualTo(400);
    }
  }

  @Test
  void randomCorruption_neverEscapesAsAnythingElse() throws IOException {
    byte[][] packed = {gzip(HELLO), deflate(HELLO, false), brotli(), Zstd.compress(HELLO)};
    String[] encodings = {"gzip", "deflate", "br", "zstd"};
    Random random = new Random(5);
    for (int i = 0; i < 4000; i++) {
      byte[] body = packed[i % 4].clone();
      body[random.nextInt(body.length)] = (byte) random.nextInt(256);
      try {
        BodyDecoder.decode(encodings[i % 4], body, body.length, 1 << 16);
      } catch (ApiError expected) {
        assertThat(expected.status()).isIn(400, 413);
      }
    }
  }

  @Test
  void unknownEncodings_areNamed() {
    assertThat(refusal("gzip, lzma", HELLO, 100)).hasMessageContaining("lzma");
    assertThat(refusal("lzma", HELLO, 100).status()).isEqualTo(415);
    assertThat(refusal("identity", HELLO, 18).status()).isEqualTo(413);
  }
}
