package dev.ponder.gateway.stub;

import dev.ponder.price.Usage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/**
 * The answer to a path that the stub does not know: what has arrived. A body comes back byte for
 * byte with its content type, and the headers {@code x-stub-target} (method, path and query) and
 * {@code x-stub-headers} (JSON, pairs in order) tell the rest; a request without a body gets that
 * as a JSON object.
 */
final class EchoExchange {

  private final StubRoom room;
  private final HttpServerRequest http;
  private final byte[] body;
  private final CallNote note;

  EchoExchange(StubRoom room, HttpServerRequest http, byte[] body) {
    this.room = room;
    this.http = http;
    this.body = body;
    note = new CallNote(room, http, body, "echo-");
  }

  void run() {
    HttpServerResponse response = http.response();
    response.closeHandler(gone -> note.write("", false, 0, "", true, Usage.NONE));
    try {
      room.checkKey(http);
      StubScript script = StubScript.ofHeader(http);
      int failure = (int) script.number(Knob.FAIL, 0);
      if (failure != 0) {
        throw StubRefusal.scripted(failure);
      }
      echo(response, script);
    } catch (StubRefusal refusal) {
      UpstreamHeaders.put(response.setStatusCode(refusal.status()), false, note.id(), 0);
      response.putHeader("content-type", "application/json");
      end(response, refusal.status(), "error", refusal.toJson().toBuffer());
    }
  }

  private void echo(HttpServerResponse response, StubScript script) {
    UpstreamHeaders.put(response, false, note.id(), 0);
    String target = http.method() + " " + http.uri();
    response.putHeader("x-stub-target", target);
    response.putHeader("x-stub-headers", headers().encode());
    if (body.length == 0) {
      response.putHeader("content-type", script.text(Knob.CONTENT_TYPE, "application/json"));
      JsonObject seen =
          new JsonObject()
              .put("object", "echo")
              .put("method", http.method().name())
              .put("path", http.path())
              .put("query", http.query())
              .put("headers", headers());
      end(response, 200, "stop", seen.toBuffer());
      return;
    }
    String type = http.getHeader("content-type");
    response.putHeader(
        "content-type",
        script.text(Knob.CONTENT_TYPE, type == null ? "application/octet-stream" : type));
    Cut die = script.cut(Knob.DIE);
    Buffer whole = Buffer.buffer(body);
    if (die == null) {
      end(response, 200, "stop", whole);
      return;
    }
    long reach = die.unit() == Cut.Unit.BYTES ? die.after() : body.length / 2;
    response.putHeader("content-length", Integer.toString(body.length));
    note.write("", false, 200, "cut", false, Usage.NONE);
    response
        .write(whole.slice(0, (int) Math.min(body.length, reach)))
        .onComplete(done -> http.connection().close());
  }

  private void end(HttpServerResponse response, int status, String finish, Buffer whole) {
    note.write("", false, status, finish, false, Usage.NONE);
    response.end(whole).onFailure(gone -> {}); // nobody is left to tell
  }

  private JsonArray headers() {
    JsonArray pairs = new JsonArray();
    for (Map.Entry<String, String> header : http.headers()) {
      pairs.add(new JsonArray().add(header.getKey()).add(header.getValue()));
    }
    return pairs;
  }
}
