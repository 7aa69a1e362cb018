package dev.ponder.gateway.wire;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.brotli.dec.BrotliInputStream;

/**
 * Undoes the {@code Content-Encoding} of a request: gzip, deflate, br, zstd, or up to {@value
 * #ENCODINGS_MAX} of them one upon another.
 *
 * <p>All stages are streams, so a small body that unpacks into a huge one costs no more memory than
 * the limit and a few buffers. It computes for as long as the body is large and must not run on an
 * event loop.
 */
public final class BodyDecoder {

  /** The most encodings that may lie upon each other. */
  static final int ENCODINGS_MAX = 3;

  private static final int BUFFER = 16 * 1024;
  private static final int CHUNK_MAX = 1024 * 1024;

  /** 8 MiB, what RFC 9659 allows on the web; a decoder must hold the whole window. */
  private static final int ZSTD_WINDOW_LOG_MAX = 23;

  private BodyDecoder() {}

  /**
   * The body without its encodings.
   *
   * @param contentEncoding the header's value, such as {@code gzip} or {@code gzip, zstd}
   * @param bytesMax the most bytes that the decoded body may have
   * @throws ApiError 400 for data that is not in its encoding or is cut off, 413 beyond {@code
   *     bytesMax}, 415 for an encoding that is not known
   */
  public static byte[] decode(String contentEncoding, byte[] body, int length, long bytesMax)
      throws ApiError {
    Deque<String> encodings = encodings(contentEncoding);
    if (encodings.isEmpty()) {
      if (length > bytesMax) {
        throw ApiError.bodyTooLarge(bytesMax);
      }
      return length == body.length ? body : Arrays.copyOf(body, length);
    }
    if (length == 0) {
      throw broken(contentEncoding, "it is empty");
    }
    try (InputStream in = open(encodings, new ByteArrayInputStream(body, 0, length))) {
      return drain(in, bytesMax);
    } catch (IOException e) {
      throw broken(contentEncoding, String.valueOf(e.getMessage()));
    }
  }

  /** The encodings in the order in which they have to be undone. */
  private static Deque<String> encodings(String contentEncoding) {
    Deque<String> encodings = new ArrayDeque<>();
    for (String token : contentEncoding.split(",", -1)) {
      String encoding = token.strip().toLowerCase(Locale.ROOT);
      switch (encoding) {
        case "", "identity" -> {}
        case "gzip", "x-gzip", "deflate", "br", "zstd" -> encodings.push(encoding);
        default -> throw ApiError.unknownEncoding(token.strip());
      }
    }
    if (encodings.size() > ENCODINGS_MAX) {
      throw ApiError.unknownEncoding(contentEncoding);
    }
    return encodings;
  }

  private static InputStream open(Deque<String> encodings, InputStream body) throws IOException {
    InputStream in = body;
    try {
      for (String encoding : encodings) {
        in = open(encoding, in);
      }
      return in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  private static InputStream open(String encoding, InputStream in) throws IOException {
    return switch (encoding) {
      case "deflate" -> inflate(new BufferedInputStream(in, BUFFER));
      case "br" -> new BrotliInputStream(in, BUFFER);
      case "zstd" -> new ZstdInputStream(in).setLongMax(ZSTD_WINDOW_LOG_MAX);
      default -> new GZIPInputStream(in, BUFFER);
    };
  }

  /** Deflate should come in zlib's wrapping, and often does not. */
  private static InputStream inflate(BufferedInputStream in) throws IOException {
    in.mark(2);
    int first = in.read();
    int second = in.read();
    in.reset();
    boolean wrapped = (first & 0xf) == 8 && first >> 4 <= 7 && ((first << 8) + second) % 31 == 0;
    Inflater inflater = new Inflater(!wrapped);
    return new InflaterInputStream(in, inflater, BUFFER) {
      @Override
      public void close() throws IOException {
        super.close();
        inflater.end();
      }
    };
  }

  private static byte[] drain(InputStream in, long bytesMax) throws IOException {
    long limit = Math.min(bytesMax, Integer.MAX_VALUE - 8);
    List<byte[]> chunks = new ArrayList<>();
    long total = 0;
    byte[] chunk = new byte[BUFFER];
    int filled = 0;
    for (int read; (read = in.read(chunk, filled, chunk.length - filled)) >= 0; ) {
      filled += read;
      total += read;
      if (total > limit) {
        throw ApiError.bodyTooLarge(limit);
      }
      if (filled == chunk.length) {
        chunks.add(chunk);
        chunk = new byte[Math.min(2 * chunk.length, CHUNK_MAX)];
        filled = 0;
      }
    }
    byte[] whole = new byte[Math.toIntExact(total)];
    int at = 0;
    for (int i = 0; i < chunks.size(); i++) {
      byte[] next = chunks.set(i, new byte[0]);
      System.arraycopy(next, 0, whole, at, next.length);
      at += next.length;
    }
    System.arraycopy(chunk, 0, whole, at, filled);
    return whole;
  }

  private static ApiError broken(String contentEncoding, String why) {
    return ApiError.badRequest(
        null,
        "The body is not in Content-Encoding " + JsonFault.brief(contentEncoding) + ": " + why);
  }
}
