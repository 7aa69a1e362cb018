package dev.ponder.gateway;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** An upstream whose answers come when the test says so: 1 token in, 100 out. */
final class HeldUpstream implements Closeable {

  private static final String USAGE = "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":100}";
  private static final String PLAIN =
      "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"a\"}}]," + USAGE + "}";

  private final Semaphore arrived = new Semaphore(0);
  private final Semaphore permits = new Semaphore(0);
  private final RawUpstream upstream = new RawUpstream(this::answer);

  HeldUpstream() throws IOException {}

  private boolean answer(RawUpstream.Call call) throws Exception {
    boolean stream = call.body().contains("\"stream\":true");
    if (stream) {
      call.beginStream();
      call.chunk("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n");
    }
    arrived.release();
    if (!permits.tryAcquire(20, TimeUnit.SECONDS)) {
      return false;
    }
    if (stream) {
      return call.chunk("data: {\"choices\":[]," + USAGE + "}\n\ndata: [DONE]\n\n").end();
    }
    call.write("HTTP/1.1 200 OK\r\ncontent-length: " + PLAIN.length() + "\r\n\r\n" + PLAIN);
    return true;
  }

  String baseUrl() {
    return upstream.baseUrl();
  }

  int calls() {
    return upstream.calls();
  }

  /** Returns once one more call has come. */
  void awaitCall() throws InterruptedException {
    if (!arrived.tryAcquire(20, TimeUnit.SECONDS)) {
      throw new AssertionError("no call came");
    }
  }

  /** Lets one call be answered. */
  void release() {
    permits.release();
  }

  /** Asks in the background; completes with the whole answer. */
  static CompletableFuture<RawHttp.Response> ask(
      RunningGateway gateway, String body, String... headers) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (RawHttp client = new RawHttp(gateway.apiUrl())) {
            return client.chat(body, headers).read();
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        },
        task -> {
          Thread thread = new Thread(task, "caller");
          thread.setDaemon(true);
          thread.start();
        });
  }

  static RawHttp.Response whole(CompletableFuture<RawHttp.Response> answer) throws Exception {
    return answer.get(20, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    permits.release(1_000);
    upstream.close();
  }
}
