package dev.ponder.gateway.stub;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the stub serves without being asked a question: models, its log, its health. */
final class StubPages {

  private static final String LOG = "/stub/log";
  private static final String BODY = "/body";
  private static final String MODELS = "/models";
  private static final int LAST_DEFAULT = 100;

  /** When every model of the stub claims to have been made: the start of 2026. */
  private static final long CREATED_SECONDS = 1_767_225_600L;

  private static final List<String> MODELS_DEFAULT = List.of("stub-mini", "stub-thinker");

  private final StubRoom room;

  StubPages(StubRoom room) {
    this.room = room;
  }

  /** Whether it is one of these pages. */
  static boolean takes(HttpMethod method, String path) {
    if (path.startsWith("/stub/")) {
      return true;
    }
    boolean page = path.equals("/health") || path.endsWith(MODELS) || path.contains(MODELS + "/");
    return page && method.equals(HttpMethod.GET);
  }

  void handle(HttpServerRequest http) {
    try {
      answer(http);
    } catch (StubRefusal refusal) {
      json(http.response().setStatusCode(refusal.status()), refusal.toJson());
    }
  }

  private void answer(HttpServerRequest http) {
    String path = http.path() == null ? "/" : http.path();
    if (http.method().equals(HttpMethod.POST) && path.equals("/stub/reset")) {
      room.log().clear();
      room.attempts().clear();
      room.shelf().clear();
      json(http.response(), new JsonObject().put("reset", true));
    } else if (!http.method().equals(HttpMethod.GET)) {
      throw StubRefusal.notFound(http.method() + " " + path);
    } else if (path.equals("/health")) {
      json(http.response(), new JsonObject().put("status", "ok"));
    } else if (path.equals(LOG)) {
      log(http);
    } else if (path.startsWith(LOG + "/") && path.endsWith(BODY)) {
      body(http, path);
    } else if (path.endsWith(MODELS)) {
      room.checkKey(http);
      models(http);
    } else if (path.contains(MODELS + "/")) {
      room.checkKey(http);
      String name = path.substring(path.indexOf(MODELS) + MODELS.length() + 1);
      json(http.response(), model(name.replace("%2F", "/"), isAnthropic(http)));
    } else {
      throw StubRefusal.notFound("GET " + path);
    }
  }

  private static boolean isAnthropic(HttpServerRequest http) {
    return http.getHeader("anthropic-version") != null;
  }

  private void models(HttpServerRequest http) {
    List<String> configured = room.options().models().keySet().stream().sorted().toList();
    List<String> names = configured.isEmpty() ? MODELS_DEFAULT : configured;
    JsonArray data = new JsonArray();
    names.forEach(name -> data.add(model(name, isAnthropic(http))));
    JsonObject list = new JsonObject();
    if (isAnthropic(http)) {
      list.put("data", data)
          .put("has_more", false)
          .put("first_id", names.get(0))
          .put("last_id", names.get(names.size() - 1));
    } else {
      list.put("object", "list").put("data", data);
    }
    json(http.response(), list);
  }

  private static JsonObject model(String name, boolean anthropic) {
    if (anthropic) {
      return new JsonObject()
          .put("type", "model")
          .put("id", name)
          .put("display_name", name)
          .put("created_at", "2026-01-01T00:00:00Z");
    }
    return new JsonObject()
        .put("id", name)
        .put("object", "model")
        .put("created", CREATED_SECONDS)
        .put("owned_by", "stub");
  }

  private void log(HttpServerRequest http) {
    List<StubCall> calls = room.log().calls();
    if ("jsonl".equals(http.getParam("format"))) {
      Buffer lines = Buffer.buffer();
      calls.forEach(call -> lines.appendString(call.toJson().encode()).appendString("\n"));
      send(http.response().putHeader("content-type", "application/jsonl"), lines);
      return;
    }
    int last = last(http.getParam("last"));
    JsonArray shown = new JsonArray();
    calls
        .subList(Math.max(0, calls.size() - last), calls.size())
        .forEach(call -> shown.add(call.toJson()));
    StubTotal total = room.log().total();
    JsonObject totals =
        new JsonObject()
            .put("calls", total.calls())
            .put("failed", total.failed())
            .put("aborted", total.aborted())
            .put("prompt_tokens", total.promptTokens())
            .put("cached_tokens", total.cachedTokens())
            .put("cache_write_tokens", total.cacheWriteTokens())
            .put("completion_tokens", total.completionTokens())
            .put("reasoning_tokens", total.reasoningTokens());
    json(http.response(), new JsonObject().put("totals", totals).put("calls", shown));
  }

  private static int last(@Nullable String text) {
    if (text == null) {
      return LAST_DEFAULT;
    }
    try {
      return Integer.parseUnsignedInt(text);
    } catch (NumberFormatException e) {
      throw StubRefusal.badRequest("last", "last: " + text + " (expected: a number)");
    }
  }

  private void body(HttpServerRequest http, String path) {
    String id = path.substring(LOG.length() + 1, path.length() - BODY.length());
    byte[] body =
        room.log().body(id).orElseThrow(() -> StubRefusal.notFound("or forgotten call " + id));
    send(
        http.response().putHeader("content-type", "application/octet-stream"), Buffer.buffer(body));
  }

  private static void json(HttpServerResponse response, JsonObject json) {
    send(response.putHeader("content-type", "application/json"), json.toBuffer());
  }

  private static void send(HttpServerResponse response, Buffer body) {
    response.end(body).onFailure(gone -> {}); // nobody is left to tell
  }
}
