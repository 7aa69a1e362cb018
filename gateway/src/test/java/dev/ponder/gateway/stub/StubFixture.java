package dev.ponder.gateway.stub;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A running stub, and a client that speaks to it. */
final class StubFixture implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  final StubServer stub;

  StubFixture(StubOptions options) {
    stub = await(StubServer.start(vertx, options));
  }

  Future<StubServer> startAnother(StubOptions options) {
    return StubServer.start(vertx, options);
  }

  static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  static JsonObject chat(String model, String prompt) {
    return new JsonObject()
        .put("model", model)
        .put(
            "messages",
            new JsonArray().add(new JsonObject().put("role", "user").put("content", prompt)));
  }

  HttpResponse<String> post(JsonObject body, String... headers)
      throws IOException, InterruptedException {
    return post("/v1/chat/completions", body.encode(), headers);
  }

  HttpResponse<String> post(String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .timeout(PATIENCE)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(PATIENCE);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> delete(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(uri(path)).timeout(PATIENCE).DELETE().build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** An answer as JSON; fails unless it is 200. */
  JsonObject ask(JsonObject body) throws IOException, InterruptedException {
    HttpResponse<String> response = post(body);
    if (response.statusCode() != 200) {
      throw new AssertionError(response.statusCode() + " " + response.body());
    }
    return new JsonObject(response.body());
  }

  /** What stands behind {@code data:} in every record of a stream. */
  static List<String> events(String body) {
    List<String> events = new ArrayList<>();
    for (String line : body.split("\r\n|\r|\n", 0)) {
      if (line.startsWith("data: ")) {
        events.add(line.substring(6));
      }
    }
    return events;
  }

  /** A bare connection with the request sent: the caller reads, or hangs up. */
  Socket connect(JsonObject body) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), stub.port());
    socket.setSoTimeout((int) PATIENCE.toMillis());
    byte[] bytes = body.encode().getBytes(StandardCharsets.UTF_8);
    String head =
        "POST /v1/chat/completions HTTP/1.1\r\nhost: stub\r\ncontent-length: "
            + bytes.length
            + "\r\n\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return socket;
  }

  /** All that a bare connection sends until it closes. */
  String raw(JsonObject body) throws IOException {
    try (Socket socket = connect(body)) {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Reads a bare connection until {@code text} has arrived. */
  static String readUntil(Socket socket, String text) throws IOException {
    StringBuilder seen = new StringBuilder();
    while (seen.indexOf(text) < 0) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        throw new AssertionError("closed before " + text + ": " + seen);
      }
      seen.append((char) next);
    }
    return seen.toString();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + stub.port() + path);
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
