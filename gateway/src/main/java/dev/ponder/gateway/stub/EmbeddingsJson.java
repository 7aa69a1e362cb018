package dev.ponder.gateway.stub;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;

/** The bytes of an embedding: vectors of length one that follow from each text alone. */
final class EmbeddingsJson {

  private EmbeddingsJson() {}

  static String plain(StubRequest request, Answer answer, StubScript script) {
    JsonArray data = new JsonArray();
    List<Long> hashes = request.prompt().inputHashes();
    for (int i = 0; i < hashes.size(); i++) {
      float[] vector = vector(hashes.get(i), request.dimensions());
      data.add(
          new JsonObject()
              .put("object", "embedding")
              .put("index", i)
              .put("embedding", request.base64() ? base64(vector) : numbers(vector)));
    }
    JsonObject body =
        new JsonObject().put("object", "list").put("data", data).put("model", request.model());
    if (!script.flag(Knob.NO_USAGE)) {
      body.put(
          "usage",
          new JsonObject()
              .put("prompt_tokens", answer.promptTokens())
              .put("total_tokens", answer.promptTokens()));
    }
    return body.encode();
  }

  private static float[] vector(long hash, int dimensions) {
    double[] parts = new double[dimensions];
    double squares = 0;
    long random = hash;
    for (int i = 0; i < dimensions; i++) {
      random = Mix.scramble(random);
      parts[i] = (random >> 11) * 0x1.0p-52;
      squares += parts[i] * parts[i];
    }
    float[] vector = new float[dimensions];
    double length = Math.sqrt(squares);
    for (int i = 0; i < dimensions; i++) {
      vector[i] = (float) (parts[i] / length);
    }
    return vector;
  }

  private static JsonArray numbers(float[] vector) {
    JsonArray numbers = new JsonArray();
    for (float part : vector) {
      numbers.add(part);
    }
    return numbers;
  }

  /** Four bytes a number, the lowest first, as every client expects them. */
  private static String base64(float[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * vector.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float part : vector) {
      bytes.putFloat(part);
    }
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
