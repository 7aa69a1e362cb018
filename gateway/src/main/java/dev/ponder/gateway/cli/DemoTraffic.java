package dev.ponder.gateway.cli;

import dev.ponder.price.Money;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Sends the bundled prompts as any client would, over HTTP, and reads what the headers say. */
final class DemoTraffic {

  private static final String PROMPTS = "/dev/ponder/gateway/demo/prompts.jsonl";

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI url;

  DemoTraffic(int apiPort) {
    this.url = URI.create("http://127.0.0.1:" + apiPort + "/v1/chat/completions");
  }

  /**
   * Sends every prompt to {@code auto}.
   *
   * @throws IOException if an answer does not come or is not a completion
   */
  List<DemoRow> send() throws IOException, InterruptedException {
    List<DemoRow> rows = new ArrayList<>();
    try (InputStream in = DemoTraffic.class.getResourceAsStream(PROMPTS)) {
      if (in == null) {
        throw new IOException(PROMPTS + ": not in the jar");
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank()) {
          rows.add(send(new JsonObject(line)));
        }
      }
    }
    return rows;
  }

  private DemoRow send(JsonObject prompt) throws IOException, InterruptedException {
    JsonObject request = request(prompt);
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(url)
                .timeout(Duration.ofSeconds(30))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(request.encode()))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    String id = prompt.getString("id");
    if (answer.statusCode() != 200) {
      throw new IOException(id + ": answered " + answer.statusCode() + " " + answer.body());
    }
    JsonObject usage = new JsonObject(answer.body()).getJsonObject("usage");
    long reasoning =
        usage
            .getJsonObject("completion_tokens_details", new JsonObject())
            .getLong("reasoning_tokens", 0L);
    HttpHeaders headers = answer.headers();
    String model = header(headers, "x-ponder-model");
    return new DemoRow(
        id,
        prompt.getString("kind"),
        text(prompt, request),
        Double.parseDouble(header(headers, "x-ponder-score")),
        model,
        header(headers, "x-ponder-reason"),
        usage.getLong("prompt_tokens"),
        usage.getLong("completion_tokens"),
        reasoning,
        money(headers, "x-ponder-cost-usd"),
        money(headers, "x-ponder-baseline-cost-usd"),
        DemoRow.Expect.valueOf(prompt.getString("expect").toUpperCase(Locale.ROOT)),
        model.equals("thinker"));
  }

  private static JsonObject request(JsonObject prompt) {
    JsonObject whole = prompt.getJsonObject("request");
    if (whole != null) {
      return whole.copy().put("model", "auto");
    }
    JsonObject message =
        new JsonObject().put("role", "user").put("content", prompt.getString("prompt"));
    return new JsonObject().put("model", "auto").put("messages", new JsonArray().add(message));
  }

  private static String text(JsonObject prompt, JsonObject request) {
    String text = prompt.getString("prompt");
    if (text != null) {
      return text;
    }
    JsonArray messages = request.getJsonArray("messages");
    Object content = messages.getJsonObject(messages.size() - 1).getValue("content");
    return String.valueOf(content);
  }

  private static String header(HttpHeaders headers, String name) throws IOException {
    return headers
        .firstValue(name)
        .orElseThrow(() -> new IOException(name + ": missing in an answer"));
  }

  private static Money money(HttpHeaders headers, String name) throws IOException {
    return Money.ofUsd(new BigDecimal(header(headers, name)));
  }
}
