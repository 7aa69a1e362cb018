package dev.ponder.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** One connection on which a test decides about every byte, and reads what comes back. */
final class RawHttp implements Closeable {

  private static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket = new Socket();
  private final InputStream in;

  /**
   * A whole answer.
   *
   * @param headers by lower-case name; of one that is repeated, the values joined with a comma
   * @param text the body, which is UTF-8
   */
  record Response(int status, Map<String, String> headers, String text) {

    JsonObject json() {
      return new JsonObject(text);
    }

    Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name));
    }
  }

  /** A connection to the port at the base URL. */
  RawHttp(String url) throws IOException {
    this(url, 0);
  }

  /** A connection whose receive buffer is small, or the system's if 0. */
  RawHttp(String url, int receiveBytes) throws IOException {
    if (receiveBytes > 0) {
      socket.setReceiveBufferSize(receiveBytes);
    }
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    int port = URI.create(url).getPort();
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    in = new BufferedInputStream(socket.getInputStream(), 1024);
  }

  static String chatHead(String... headers) {
    return head("POST", "/v1/chat/completions", headers);
  }

  private static String head(String method, String path, String... headers) {
    StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nhost: gateway\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    return head.toString();
  }

  /** Sends a request with its length to a path such as {@code /v1/embeddings}. */
  RawHttp post(String path, String body, String... headers) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    send(head("POST", path, headers) + "content-length: " + bytes.length + "\r\n\r\n");
    return send(bytes);
  }

  /** Sends a request without a body. */
  RawHttp bare(String method, String path, String... headers) throws IOException {
    return send(head(method, path, headers) + "\r\n");
  }

  /** Sends a chat request with its length. */
  RawHttp chat(byte[] body, String... headers) throws IOException {
    send(chatHead(headers) + "content-length: " + body.length + "\r\n\r\n");
    return send(body);
  }

  RawHttp chat(String body, String... headers) throws IOException {
    return chat(body.getBytes(UTF_8), headers);
  }

  RawHttp send(String text) throws IOException {
    return send(text.getBytes(UTF_8));
  }

  RawHttp send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** Reads one answer, up to its last byte and not beyond. */
  Response read() throws IOException {
    int status = readStatus();
    Map<String, String> headers = readHeaders();
    return new Response(status, headers, new String(readBody(status, headers), UTF_8));
  }

  int readStatus() throws IOException {
    String line = line();
    if (!line.startsWith("HTTP/1.")) { // Netty answers what is not HTTP with HTTP/1.0
      throw new IOException("not a status line: " + line);
    }
    return Integer.parseInt(line.substring(9, 12));
  }

  Map<String, String> readHeaders() throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      String value = line.substring(colon + 1).strip();
      headers.merge(
          line.substring(0, colon).toLowerCase(Locale.ROOT), value, (a, b) -> a + ", " + b);
    }
    return headers;
  }

  private byte[] readBody(int status, Map<String, String> headers) throws IOException {
    if (status == 204 || status == 304) {
      return new byte[0];
    }
    if (headers.containsKey("content-length")) {
      int length = Integer.parseInt(headers.get("content-length"));
      return exactly(length);
    }
    if ("chunked".equals(headers.get("transfer-encoding"))) {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      for (byte[] chunk = readChunk(); chunk.length > 0; chunk = readChunk()) {
        body.write(chunk);
      }
      return body.toByteArray();
    }
    return in.readAllBytes();
  }

  /** Reads one chunk of a chunked body; the last one is empty. */
  byte[] readChunk() throws IOException {
    byte[] chunk = exactly(Integer.parseInt(line(), 16));
    line();
    return chunk;
  }

  /** Reads chunks until their text has {@code wanted} in it. */
  String readChunksUntil(String wanted) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf(wanted) < 0) {
      byte[] chunk = readChunk();
      if (chunk.length == 0) {
        throw new EOFException("ended before " + wanted + ": " + text);
      }
      text.append(new String(chunk, UTF_8));
    }
    return text.toString();
  }

  /** Everything until the other side closes; what a broken connection had brought, too. */
  byte[] readToClose() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      for (int next = in.read(); next >= 0; next = in.read()) {
        all.write(next);
      }
    } catch (IOException broken) {
      all.writeBytes("<broken>".getBytes(UTF_8));
    }
    return all.toByteArray();
  }

  private byte[] exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("closed after " + bytes.length + " of " + length + " bytes");
    }
    return bytes;
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("closed after: " + line);
      }
      line.write(next);
    }
    return line.toString(ISO_8859_1).stripTrailing();
  }

  /** Closes the half of the connection that this side writes. */
  void finishSending() throws IOException {
    socket.shutdownOutput();
  }

  int localPort() {
    return socket.getLocalPort();
  }

  /** Vanishes as a killed process does: with a reset if anything is unread. */
  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** A chat request that asks {@code model} one question. */
  static String ask(String model, String prompt) {
    return "{\"model\":\"" + model + "\",\"messages\":" + messages(prompt) + "}";
  }

  static String askStream(String model, String prompt) {
    return "{\"model\":\"" + model + "\",\"stream\":true,\"messages\":" + messages(prompt) + "}";
  }

  static String messages(String prompt) {
    return List.of(new JsonObject().put("role", "user").put("content", prompt).encode()).toString();
  }
}
