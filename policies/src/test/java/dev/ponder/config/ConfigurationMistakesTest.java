package dev.ponder.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each mistake, and the very line that people see. */
class ConfigurationMistakesTest {

  private static final String HASH =
      "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

  private final Mistakes mistakes = new Mistakes();

  @TestFactory
  Stream<DynamicTest> read_mistake_isReportedAtItsPlace() {
    wholeFile();
    listen();
    keys();
    settings();
    telemetry();
    return mistakes.tests();
  }

  private void wholeFile() {
    mistakes.file("", "1:1 empty file (expected: upstreams, models and routes)");
    mistakes.file("# nothing\n", "1:1 empty file (expected: upstreams, models and routes)");
    mistakes.file("- a\n", "1:1 a list (expected: a mapping with upstreams and models)");
    mistakes.file("hello\n", "1:1 hello (expected: a mapping with upstreams and models)");
    mistakes.file(
        "listen: {}\n",
        "1:1 upstreams: missing (expected: a mapping with at least one entry)",
        "1:1 models: missing (expected: a mapping with at least one entry)");
    mistakes.file(
        "upstreams: {}\nmodels: []\n",
        "1:12 upstreams: empty (expected: at least one entry)",
        "2:9 models: a list (expected: a mapping of names to models)");
    mistakes.file("a: [1\nb: 2\n", "2:2 not YAML: expected ',' or ']', but got :");
    mistakes.file("a: b: c\n", "1:5 not YAML: mapping values are not allowed here");
    mistakes.file(
        "a: @b\n",
        "1:4 not YAML: found character '@' that cannot start any token."
            + " (Do not use @ for indentation)");
    mistakes.file("a: 1\n---\nb: 2\n", "2:1 not YAML: but found another document");
    mistakes.file("a: *b\n", "1:4 not YAML: found undefined alias b");
    mistakes.file("a: \u0001\n", "1:4 not YAML: the character U+1 is not allowed");
    mistakes.file("a: !!str b\n", "1:4 a YAML tag (expected: none)");
    mistakes.file(
        "a: " + "[".repeat(100_000), "1:35 nested too deep (expected: at most 32 levels)");
    mistakes.file(" ".repeat((1 << 20) + 1), "1:1 file too large (expected: at most 1 MiB)");
    mistakes.file(
        "a: &x [1]\nb: [" + "*x,".repeat(101) + "]\n",
        "2:305 too many aliases (expected: at most 100)");
    mistakes.extra("lisen: {}", "6:1 lisen: unknown key (did you mean listen?)");
    mistakes.extra(
        "responses: {}\nresponses: {}", "7:1 responses: duplicate key (first in line 6)");
    mistakes.extra("? [a]\n: b", "6:3 not a key (expected: a word)");
    mistakes.extra("keys:", "6:6 keys: nothing (expected: a list of keys)");
    mistakes.extra(
        "zzzz: 1",
        "6:1 zzzz: unknown key (expected: listen, upstreams, models, routes, policies, keys,"
            + " ledger, classifier, cache, limits, decisions, telemetry, passthrough, responses,"
            + " admin)");
  }

  private void listen() {
    String address = " (expected: HOST:PORT, such as 127.0.0.1:8080)";
    mistakes.extra("listen: 8080", "6:9 listen: 8080 (expected: api and admin addresses)");
    mistakes.extra("listen: { api: 8080 }", "6:16 listen.api: 8080" + address);
    mistakes.extra(
        "listen: { api: localhost:70000 }", "6:16 listen.api: localhost:70000" + address);
    mistakes.extra("listen: { api: [] }", "6:16 listen.api: a list" + address);
    mistakes.extra(
        "listen: { api: 0.0.0.0:8080 }",
        "6:16 listen.api: 0.0.0.0:8080 (expected: a loopback address such as 127.0.0.1:8080, or"
            + " keys: for the callers)");
    mistakes.extra(
        "listen: { admin: 10.0.0.1:8081 }",
        "6:18 listen.admin: 10.0.0.1:8081 (expected: a loopback address such as 127.0.0.1:8081,"
            + " or admin.token: env:NAME)");
    mistakes.extra(
        "listen: { api: 127.0.0.1:8081 }",
        "6:16 listen.api: 127.0.0.1:8081 (expected: api 127.0.0.1:8081 and admin 127.0.0.1:8081"
            + " apart)");
  }

  private void keys() {
    String hash = "not a SHA-256 (expected: 64 hexadecimal digits; ponder key new makes one)";
    mistakes.extra("keys:\n- { name: a, sha256: sk-secret }", "7:22 keys[0].sha256: " + hash);
    mistakes.extra(
        "keys:\n- { name: a b }",
        "7:3 keys[0].sha256: missing (expected: the SHA-256 of the key: 64 hexadecimal digits)",
        "7:11 keys[0].name: a b (expected: a name of letters, digits and ._:@+-, at most 64)");
    String key = "- { name: a, sha256: " + HASH + " }";
    mistakes.extra(
        "keys:\n" + key + "\n" + key,
        "8:11 keys[1].name: a (expected: a name of its own: another key has it)",
        "8:22 keys[1].sha256: another key has this hash (expected: one entry a key)");
    String open = "keys:\n- { name: a, sha256: " + HASH + ", ";
    mistakes.extra(
        open + "models: [ o4 ] }",
        "7:98 keys[0].models[0]: unknown route or model o4 (did you mean o3?)");
    mistakes.extra(
        open + "models: [] }",
        "7:96 keys[0].models: an empty list (expected: at least one, or no models: for all)");
    mistakes.extra(
        open + "expires: soon }",
        "7:97 keys[0].expires: soon (expected: a date such as 2027-01-31, or a time in UTC)");
    mistakes.extra(
        open + "expires: 2026-11-23 }", "7:88 warning: keys[0].expires: the key has expired");
    mistakes.extra(
        open + "tags: { a: [] } }",
        "7:99 keys[0].tags.a: a list (expected: a text of 1 to 128 characters)");
    String tagged = "- { tags: { a: b }, name: ";
    mistakes.extra(
        "keys:\n" + tagged + "a, sha256: " + HASH + " }\n" + tagged + "b, sha256: 9 }",
        "8:38 keys[1].sha256: " + hash);
  }

  private void telemetry() {
    mistakes.extra(
        "telemetry: { tags: [ a-b, c, c ] }",
        "6:14 warning: telemetry.tags: is read but has no effect in this version",
        "6:22 telemetry.tags[0]: a-b (expected: a tag name of letters, digits and _, at most 64)",
        "6:30 telemetry.tags[2]: c stands here twice");
    mistakes.extra(
        "telemetry: { traces: { otlp: 'localhost:4318', sample: 101%, baggage: 1 } }",
        "6:30 telemetry.traces.otlp: localhost:4318 (expected: an http or https URL, without user,"
            + " query or fragment, such as http://127.0.0.1:4318)",
        "6:56 telemetry.traces.sample: 101% (expected: a share of 0% to 100%, such as 10%)",
        "6:71 telemetry.traces.baggage: 1 (expected: true or false)");
    mistakes.extra(
        "telemetry: { logs: { format: xml, to: syslog, access: 'file:' } }",
        "6:30 telemetry.logs.format: xml (expected: text or json)",
        "6:39 telemetry.logs.to: syslog (expected: stdout or stderr)",
        "6:55 telemetry.logs.access: file: (expected: off, stdout, stderr or file:PATH)");
  }

  private void settings() {
    mistakes.extra(
        "limits: { body: 2 TB, depth: 5 }",
        "6:17 limits.body: 2 TB (expected: a size of 1024 B to 1024 MiB, such as 1 MiB)",
        "6:30 limits.depth: 5 (expected: a whole number, 8..10000)");
    mistakes.extra(
        "limits: { allowed_origins: [ 'https://x/' ], drain: 61m }",
        "6:30 limits.allowed_origins[0]: https://x/ (expected: an origin such as"
            + " https://chat.example.com, or \"*\")",
        "6:53 limits.drain: 61m (expected: a time of 0s to 1h, such as 30s)");
    mistakes.extra(
        "limits: { budget_status: 400 }",
        "6:26 limits.budget_status: 400 (expected: 402, 403 or 429)");
    mistakes.extra(
        "decisions: { log: 'file:', prompts: always }",
        "6:19 decisions.log: file: (expected: off, stdout or file:PATH)",
        "6:37 decisions.prompts: always (expected: never)");
    mistakes.extra(
        "responses: { annotate: 1 }", "6:24 responses.annotate: 1 (expected: true or false)");
    mistakes.extra(
        "admin: { token: hunter2 }",
        "6:17 admin.token: a literal secret (expected: env:NAME or file:PATH)");
    mistakes.extra(
        "ledger: redis://:pass@host",
        "6:9 ledger: holds a literal secret (expected: sqlite:PATH or memory)");
    mistakes.extra(
        "ledger: rediss://host:6379/0",
        "6:9 ledger: rediss://host:6379/0 is not available in this version (expected: sqlite:PATH"
            + " or memory)");
    mistakes.extra("ledger: 'sqlite:'", "6:9 ledger: sqlite: (expected: sqlite:PATH or memory)");
    mistakes.extra("ledger: [ a ]", "6:9 ledger: a list (expected: sqlite:PATH or memory)");
    mistakes.extra(
        "ledger: { retention: 4000d }",
        "6:1 ledger.sqlite: missing (expected: the path of the file)",
        "6:22 ledger.retention: 4000d (expected: a time of 1d to 3650d, such as 400d)");
    mistakes.extra(
        "ledger: { sqlite: ' x', retention: 23h }",
        "6:19 ledger.sqlite:  x (expected: the path of a file)",
        "6:36 ledger.retention: 23h (expected: a time of 1d to 3650d, such as 400d)");
    mistakes.extra("ledger: mysql:x", "6:9 ledger: mysql:x (expected: sqlite:PATH or memory)");
    mistakes.extra(
        "classifier: gpt", "6:13 classifier: gpt (expected: logistic, heuristic or file:PATH)");
    mistakes.extra("cache: on", "6:8 cache: on (expected: off)");
    mistakes.extra(
        "cache: { size: 1 }",
        "6:16 cache.size: 1 (expected: a size of 1048576 B to 65536 MiB, such as 1 MiB)");
  }

  @Test
  void read_valueThatLooksLikeASecret_isNeverShown() {
    String yaml = Examples.BASE + "passthrough: sk-proj-abcdefgh\nclassifier: 'Bearer abcdefgh'\n";

    assertThat(Examples.read(yaml).problems().toString())
        .contains("unknown upstream a secret", "classifier: a secret")
        .doesNotContain("abcdefgh");
  }

  @Test
  void read_thousandMistakes_keepsFiveHundredAndCountsTheRest() {
    StringBuilder yaml = new StringBuilder(Examples.BASE);
    for (int i = 0; i < 1000; i++) {
      yaml.append("zz").append(i).append(": 1\n");
    }
    List<Problem> problems = Examples.read(yaml.toString()).problems();

    assertThat(problems).hasSize(501);
    assertThat(problems.get(500).message()).isEqualTo("and 500 more problems");
  }
}
