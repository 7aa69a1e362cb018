package dev.ponder.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code POST /v1/embeddings}: relayed as they are, and billed by their input. */
class EmbeddingsTest {

  private static final String PATH = "/v1/embeddings";
  private static final String ANSWER =
      "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,"
          + "\"embedding\":\"AACAPwAAAEAAAEBA\"}],\"model\":\"real\","
          + "\"usage\":{\"prompt_tokens\":8,\"total_tokens\":8}}";

  @TempDir private static Path folder;

  private static Pair pair;

  @BeforeAll
  static void start() throws IOException {
    pair =
        new Pair(
            """
            upstreams:
              a: { base_url: "${A}" }
            models:
              small: { served_by: a/real, price: { input: 0.5, output: 0.5 } }
              large: { served_by: a/dear, price: { input: 5, output: 5 } }
            routes:
              vectors: [ small, { model: large, min_score: 0.1 } ]
            policies: [ { name: all, budget: 0.01 USD per day, at_exhaustion: reject } ]
            """,
            folder);
  }

  @AfterAll
  static void stop() throws IOException {
    pair.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"a text\"",
        "[\"one\",\"two\"]",
        "[1,22,333]",
        "[[1,2],[3]]",
      })
  void answer_isUntouched_andInputBilled(String input) throws IOException {
    String body = "{\"model\":\"small\",\"encoding_format\":\"base64\",\"input\":" + input + "}";
    Pair.Told told = pair.first(Pair.json(200, ANSWER)).askAt(PATH, body);
    assertThat(told.response().status()).describedAs(told.text()).isEqualTo(200);
    assertThat(told.text()).isEqualTo(ANSWER);
    assertThat(pair.lastHead()).startsWith("POST /v1/embeddings HTTP/1.1\r\n");
    assertThat(pair.lastBody()).isEqualTo(body.replace("\"small\"", "\"real\""));
    assertThat(told.decision().getString("operation")).isEqualTo("embeddings");
    assertThat(told.decision().getString("posted_usd")).isEqualTo("0.000004");
    assertThat(told.decision().getInteger("output_tokens")).isZero();
    assertThat(told.decision().getString("settled_by")).isEqualTo("reported");
  }

  /** The vectors of two models have nothing to do with each other. */
  @Test
  void route_isNotScored_andGivesItsFirstTier() throws IOException {
    String body =
        "{\"model\":\"vectors\",\"input\":\"Prove that there are infinitely many primes\"}";
    Pair.Told told = pair.first(Pair.json(200, ANSWER)).askAt(PATH, body, "x-ponder-effort: high");
    assertThat(told.response().header("x-ponder-model")).contains("small");
    assertThat(told.response().header("x-ponder-score")).isEmpty();
    assertThat(told.response().header("x-ponder-reason")).contains("explicit");
  }

  @Test
  void whatIsTooDear_isRefused() throws IOException {
    String body = "{\"model\":\"large\",\"input\":\"" + "word ".repeat(1_000) + "\"}";
    Pair.Told told = pair.first(Pair.json(200, ANSWER)).askAt(PATH, body);
    assertThat(told.response().status()).isEqualTo(429);
    assertThat(pair.firstCalls()).isZero();
  }

  @Test
  void unknownMember_isNotCovered_andErrorsPass() throws IOException {
    String body = "{\"model\":\"small\",\"input\":\"x\",\"messages\":[]}";
    Pair.Told told = pair.first(Pair.json(200, ANSWER)).askAt(PATH, body);
    assertThat(told.text()).contains("\"param\":\"messages\"");
    String error = "{\"error\":{\"message\":\"too long\",\"type\":\"invalid_request_error\"}}";
    told = pair.first(Pair.json(400, error)).askAt(PATH, "{\"model\":\"small\",\"input\":\"x\"}");
    assertThat(told.response().status()).isEqualTo(400);
    assertThat(told.text()).isEqualTo(error);
    assertThat(told.decision().getString("posted_usd")).isEqualTo("0");
  }
}
