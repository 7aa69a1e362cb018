package dev.ponder.gateway.stub;

import dev.ponder.price.Usage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What can be done with a stored response: fetched, as it is or as a stream from any event on,
 * deleted, cancelled, asked for its input. Each is a call in the log; the one that finds a response
 * of the background finished carries its bill.
 */
final class StoredPages {

  private static final String RESPONSES = "/responses/";
  private static final String ITEMS = "/input_items";
  private static final String CANCEL = "/cancel";

  private final StubRoom room;

  StoredPages(StubRoom room) {
    this.room = room;
  }

  /** Whether it is for a response that has been made. */
  static boolean takes(HttpMethod method, String path) {
    int at = path.indexOf(RESPONSES);
    if (at < 0) {
      return false;
    }
    String rest = path.substring(at + RESPONSES.length());
    if (method.equals(HttpMethod.POST)) {
      return rest.endsWith(CANCEL);
    }
    boolean whole = rest.indexOf('/') < 0;
    return method.equals(HttpMethod.DELETE)
        ? whole
        : method.equals(HttpMethod.GET) && (whole || rest.endsWith(ITEMS));
  }

  void handle(HttpServerRequest http, byte[] body) {
    CallNote note = new CallNote(room, http, body, "stored-");
    String path = http.path();
    String rest = path.substring(path.indexOf(RESPONSES) + RESPONSES.length());
    int slash = rest.indexOf('/');
    String id = slash < 0 ? rest : rest.substring(0, slash);
    try {
      room.checkKey(http);
      int failure = (int) StubScript.ofHeader(http).number(Knob.FAIL, 0);
      if (failure != 0) {
        throw StubRefusal.scripted(failure);
      }
      StoredResponse stored =
          room.shelf().get(id).orElseThrow(() -> StubRefusal.noSuchResponse(id));
      answer(http, note, stored, id, slash < 0 ? "" : rest.substring(slash));
    } catch (StubRefusal refusal) {
      note.write("", false, refusal.status(), "error", false, Usage.NONE);
      end(http, note, refusal.status(), refusal.toJson());
    }
  }

  private void answer(
      HttpServerRequest http, CallNote note, StoredResponse stored, String id, String verb) {
    String model = stored.json().request().model();
    JsonObject answer;
    Usage bill = Usage.NONE;
    if (verb.equals(ITEMS)) {
      answer = stored.json().inputItems();
    } else if (verb.equals(CANCEL)) {
      if (!stored.json().request().background()) {
        throw StubRefusal.badRequest(null, "Cannot cancel a synchronous response.");
      }
      answer = stored.cancel();
      bill = stored.bill();
    } else if (http.method().equals(HttpMethod.DELETE)) {
      room.shelf().remove(id);
      answer = new JsonObject().put("id", id).put("object", "response").put("deleted", true);
    } else if ("true".equals(http.getParam("stream"))) {
      int after = after(http.getParam("starting_after"));
      stored.finish();
      note.write(model, true, 200, "stop", false, stored.bill());
      replay(http, note, stored.json().events(), after);
      return;
    } else {
      answer = stored.poll();
      bill = stored.bill();
    }
    note.write(model, false, 200, "stop", false, bill);
    end(http, note, 200, answer);
  }

  private static int after(@Nullable String text) {
    try {
      return text == null ? -1 : Integer.parseUnsignedInt(text);
    } catch (NumberFormatException e) {
      throw StubRefusal.badRequest(
          "starting_after", "starting_after: " + text + " (expected: a number)");
    }
  }

  private static void replay(HttpServerRequest http, CallNote note, StubEvents events, int after) {
    StringBuilder out = new StringBuilder();
    for (int event = after + 1; event < events.size(); event++) {
      events.append(event, out);
    }
    HttpServerResponse response = http.response();
    UpstreamHeaders.put(response, false, note.id(), 0);
    response.putHeader("content-type", "text/event-stream; charset=utf-8").setChunked(true);
    response.end(out.toString()).onFailure(gone -> {}); // nobody is left to tell
  }

  private static void end(HttpServerRequest http, CallNote note, int status, JsonObject answer) {
    HttpServerResponse response = http.response().setStatusCode(status);
    UpstreamHeaders.put(response, false, note.id(), 0);
    Buffer whole = answer.toBuffer();
    response.putHeader("content-type", "application/json");
    response.end(whole).onFailure(gone -> {}); // nobody is left to tell
  }
}
