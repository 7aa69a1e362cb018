package dev.ponder.gateway.stub;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/**
 * A stream as Azure sends it: first a chunk without choices, id and model that tells how the prompt
 * was filtered.
 *
 * @param rest all the other chunks
 * @param eol what ends a line
 */
record AzureEvents(StubEvents rest, String eol) implements StubEvents {

  private static final String FIRST =
      new JsonObject()
          .put("choices", new JsonArray())
          .put("created", 0)
          .put("id", "")
          .put("model", "")
          .put("object", "")
          .put("prompt_filter_results", promptFilter())
          .encode();

  private static JsonArray promptFilter() {
    JsonObject results = new JsonObject();
    for (String category : new String[] {"hate", "self_harm", "sexual", "violence"}) {
      results.put(category, new JsonObject().put("filtered", false).put("severity", "safe"));
    }
    return new JsonArray()
        .add(new JsonObject().put("prompt_index", 0).put("content_filter_results", results));
  }

  @Override
  public int size() {
    return rest.size() + 1;
  }

  @Override
  public long tokensWithin(int event) {
    return rest.tokensWithin(Math.max(0, event - 1));
  }

  @Override
  public void append(int event, StringBuilder out) {
    if (event == 0) {
      out.append("data: ").append(FIRST).append(eol).append(eol);
    } else {
      rest.append(event - 1, out);
    }
  }
}
