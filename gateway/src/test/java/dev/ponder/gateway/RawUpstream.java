package dev.ponder.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An upstream that reads honest requests and answers with whatever bytes a test likes. */
final class RawUpstream implements Closeable {

  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *([0-9]+)\r\n");

  private final ServerSocket server;
  private final Script script;
  private final AtomicInteger calls = new AtomicInteger();

  /** What happens once a request has been read. */
  interface Script {

    /** Answers; the connection is closed unless it returns true. */
    boolean answer(Call call) throws Exception;
  }

  /**
   * One request.
   *
   * @param number of the request, from 1
   */
  record Call(int number, String head, String body, Socket socket) {

    Call write(String text) throws IOException {
      return write(text.getBytes(UTF_8));
    }

    Call write(byte[] bytes) throws IOException {
      OutputStream out = socket.getOutputStream();
      out.write(bytes);
      out.flush();
      return this;
    }

    /** The head of an event stream in chunks. */
    Call beginStream() throws IOException {
      return write(
          String.join(
              "\r\n",
              "HTTP/1.1 200 OK",
              "content-type: text/event-stream",
              "transfer-encoding: chunked",
              "",
              ""));
    }

    Call chunk(byte[] bytes) throws IOException {
      ByteArrayOutputStream framed = new ByteArrayOutputStream();
      framed.writeBytes((Integer.toHexString(bytes.length) + "\r\n").getBytes(UTF_8));
      framed.writeBytes(bytes);
      framed.writeBytes("\r\n".getBytes(UTF_8));
      return write(framed.toByteArray());
    }

    Call chunk(String text) throws IOException {
      return chunk(text.getBytes(UTF_8));
    }

    /** The end of a body in chunks. */
    boolean end() throws IOException {
      write("0\r\n\r\n");
      return true;
    }

    /** Breaks the connection with a reset. */
    boolean reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
      return false;
    }

    /** Blocks until the other side has left. */
    boolean awaitLeaving() {
      try {
        while (socket.getInputStream().read() >= 0) {
          // nobody has anything more to say
        }
      } catch (IOException left) {
        return false;
      }
      return false;
    }
  }

  RawUpstream(Script script) throws IOException {
    this.script = script;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  String baseUrl() {
    return "http://127.0.0.1:" + server.getLocalPort() + "/v1";
  }

  int port() {
    return server.getLocalPort();
  }

  /** How many requests came. */
  int calls() {
    return calls.get();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        daemon(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      boolean again = true;
      while (again) {
        String head = head(socket.getInputStream());
        if (head.isEmpty()) {
          return;
        }
        Matcher length = LENGTH.matcher(head);
        int bytes = length.find() ? Integer.parseInt(length.group(1)) : 0;
        String body = new String(socket.getInputStream().readNBytes(bytes), UTF_8);
        again = script.answer(new Call(calls.incrementAndGet(), head, body, socket));
      }
    } catch (IOException left) {
      // the gateway hung up, as it may
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int newlines = 0;
    while (newlines < 2) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      head.write(next);
      newlines = next == '\n' ? newlines + 1 : next == '\r' ? newlines : 0;
    }
    return head.toString(ISO_8859_1);
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "raw-upstream");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
