package dev.ponder.config;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The mistakes in upstreams, models and routes. */
class ModelMistakesTest {

  private final Mistakes mistakes = new Mistakes();

  @TestFactory
  Stream<DynamicTest> read_mistake_isReportedAtItsPlace() {
    upstreams();
    resilience();
    models();
    steps();
    capabilities();
    reasoning();
    caps();
    unknownMaximum();
    bounds();
    routes();
    return mistakes.tests();
  }

  private void resilience() {
    String server = "{ base_url: http://x, ";
    mistakes.upstream(
        server + "retries: { max: 11, budget: 120%, wait: 1h } }",
        "2:49 upstreams.openai.retries.max: 11 (expected: a whole number, 0..10)",
        "2:61 upstreams.openai.retries.budget: 120% (expected: a share of 0% to 100%, such as 20%)",
        "2:73 upstreams.openai.retries.wait: 1h (expected: a time of 1ms to 300s, such as 30s)");
    mistakes.upstream(
        server + "breaker: { failures: 0, rate: 0.5, pause: 0s } }",
        "2:54 upstreams.openai.breaker.failures: 0 (expected: a whole number, 1..1000)",
        "2:63 upstreams.openai.breaker.rate: 0.5 (expected: a share of 0% to 100%, such as 20%)",
        "2:75 upstreams.openai.breaker.pause: 0s (expected: a time of 1ms to 1h, such as 30s)");
    mistakes.upstream(
        server + "queue: { size: -1, timeout: 2h } }",
        "2:48 upstreams.openai.queue.size: -1 (expected: a whole number, 0..100000)",
        "2:61 upstreams.openai.queue.timeout: 2h (expected: a time of 1ms to 1h, such as 30s)");
  }

  private void upstreams() {
    String url = " (expected: an http or https URL, such as https://api.openai.com/v1)";
    mistakes.upstream("{}", "2:3 upstreams.openai.base_url: missing" + url);
    mistakes.upstream(
        "{ base_url: api.openai.com }", "2:23 upstreams.openai.base_url: api.openai.com" + url);
    mistakes.upstream("{ base_url: 'ftp://x' }", "2:23 upstreams.openai.base_url: ftp://x" + url);
    mistakes.upstream(
        "{ base_url: 'http://x/?a=b' }", "2:23 upstreams.openai.base_url: http://x/?a=b" + url);
    mistakes.upstream(
        "{ base_url: 'https://me:pass@x' }",
        "2:23 upstreams.openai.base_url: holds user info (expected: none; api_key: env:NAME holds"
            + " the secret)");
    String server = "{ base_url: http://x, ";
    mistakes.upstream(
        server + "api_key: sk-abcdef123456 }",
        "2:42 upstreams.openai.api_key: a literal secret (expected: env:NAME or file:PATH)");
    mistakes.upstream(
        server + "api_key: 'env:MY KEY' }",
        "2:42 upstreams.openai.api_key: a literal secret (expected: env:NAME or file:PATH)");
    mistakes.upstream(
        server + "api_key: [] }",
        "2:42 upstreams.openai.api_key: a list (expected: env:NAME or file:PATH)");
    mistakes.upstream(
        server + "apikey: sk-abcdef123456 }",
        "2:33 upstreams.openai.apikey: unknown key (did you mean api_key?)");
    mistakes.upstream(
        server + "max_concurrency: 0 }",
        "2:50 upstreams.openai.max_concurrency: 0 (expected: a whole number, 1..100000)");
    mistakes.upstream(
        server + "timeouts: { idle: 60 } }",
        "2:51 upstreams.openai.timeouts.idle: 60 (expected: a time of 1ms to 24h, such as 30s)");
    mistakes.upstream(
        server + "provider: opneai }",
        "2:43 upstreams.openai.provider: opneai (expected: openai, azure_openai or anthropic)");
    azure(server);
    mistakes.upstream(
        server + "on_5xx: ignore }",
        "2:41 upstreams.openai.on_5xx: ignore (expected: void or presume)");
    mistakes.upstream(
        server + "reported_cost: off }",
        "2:48 upstreams.openai.reported_cost: off (expected: prefer or ignore)");
    mistakes.upstream(
        server + "api_version: 1 }",
        "2:33 warning: upstreams.openai.api_version: has no effect but with provider:"
            + " azure_openai");
    mistakes.extra(
        "passthrough: opnai", "6:14 passthrough: unknown upstream opnai (did you mean openai?)");
    mistakes.extra(
        "passthrough: openai\nroutes: { passthrough: mini }",
        "6:14 passthrough: a route or model has this name, too (expected: another name for it)");
    mistakes.file(
        Examples.BASE.replace("  openai:", "  open/ai:").replace("openai/", "open/ai/"),
        "2:3 upstreams.open/ai: not a name (expected: a name of letters, digits and ._:@+-, at"
            + " most 64)",
        "4:22 models.mini.served_by: unknown upstream open (expected: open/ai)",
        "5:20 models.o3.served_by: unknown upstream open (expected: open/ai)");
  }

  private void azure(String server) {
    mistakes.upstream(
        server + "provider: azure_openai }",
        "2:3 upstreams.openai.api_version: missing (expected: a version of Azure's API, such"
            + " as 2024-10-21 or 2025-04-01-preview)");
    for (String version : new String[] {"2024-10", "2024-02-30", "latest", "12024-10-21"}) {
      mistakes.upstream(
          server + "provider: azure_openai, api_version: " + version + " }",
          "2:70 upstreams.openai.api_version: "
              + version
              + " (expected: a version of Azure's API, such as 2024-10-21 or 2025-04-01-preview)");
    }
    mistakes.upstream(
        "{ base_url: \"https://x/openai/v1\", provider: azure_openai,"
            + " api_version: 2024-10-21 }",
        "2:23 upstreams.openai.base_url: ends with a path of Azure's (expected: what stands before"
            + " it, such as https://NAME.openai.azure.com)");
  }

  private void models() {
    String per = " (expected: USD per million tokens, 0..1000, such as 0.40)";
    String served = "{ served_by: openai/x, ";
    mistakes.model(
        "{ price: { input: 1, output: 1 } }",
        "6:3 models.m.served_by: missing (expected: UPSTREAM/MODEL, such as openai/gpt-4.1-mini)");
    mistakes.model(
        "{ served_by: gpt, price: { input: 1, output: 1 } }",
        "6:19 models.m.served_by: gpt (expected: UPSTREAM/MODEL, such as openai/gpt-4.1-mini)");
    mistakes.model(
        "{ served_by: opnai/x, price: { input: 1, output: 1 } }",
        "6:19 models.m.served_by: unknown upstream opnai (did you mean openai?)");
    mistakes.model(
        "{ served_by: [ openai/x, openai/x ], price: { input: 1, output: 1 } }",
        "6:31 models.m.served_by[1]: openai/x stands here twice");
    mistakes.model(
        "{ served_by: [], price: { input: 1, output: 1 } }",
        "6:19 models.m.served_by: an empty list (expected: at least one UPSTREAM/MODEL)");
    mistakes.model(
        "{ served_by: openai/x }",
        "6:3 models.m.price: missing (expected: input and output in USD per million tokens: the"
            + " price file does not know x)");
    mistakes.model(
        served + "prise: {} }",
        "6:3 models.m.price: missing (expected: input and output in USD per million tokens: the"
            + " price file does not know x)",
        "6:29 models.m.prise: unknown key (did you mean price?)");
    mistakes.model(served + "price: 3 }", "6:36 models.m.price: 3 (expected: input and output)");
    mistakes.model(
        served + "price: { input: 1 } }",
        "6:29 models.m.price.output: missing (expected: USD per million tokens, such as 0.40)");
    mistakes.model(
        served + "price: { input: -1, output: 1001 } }",
        "6:45 models.m.price.input: -1" + per,
        "6:57 models.m.price.output: 1001" + per);
    mistakes.model(
        served + "price: { input: 1, output: 1000000000 } }",
        "6:56 models.m.price.output: 1000000000" + per);
    mistakes.model(
        served + "price: { input: 1e3, output: 0.1234567891 } }",
        "6:45 models.m.price.input: 1e3" + per,
        "6:58 models.m.price.output: 0.1234567891" + per);
  }

  private void steps() {
    String above = "{ served_by: openai/x, price: { input: 1, output: 1, above: ";
    mistakes.model(
        above + "200000 } }",
        "6:66 models.m.price.above: 200000 (expected: input_tokens, input and output)");
    mistakes.model(
        above + "{ input: 1, output: 1 } } }",
        "6:59 models.m.price.above.input_tokens: missing (expected: the longest input of the lower"
            + " price)");
    mistakes.model(
        above + "{ input_tokens: 0, input: 1, outptu: 1 } } }",
        "6:59 models.m.price.above.output: missing (expected: USD per million tokens, such as"
            + " 0.40)",
        "6:82 models.m.price.above.input_tokens: 0 (expected: a whole number, 1..100000000)",
        "6:95 models.m.price.above.outptu: unknown key (did you mean output?)");
    mistakes.model(
        above + "{ input_tokens: 9, input: 1, output: 1, above: 2 } } }",
        "6:106 models.m.price.above.above: unknown key (expected: input_tokens, input,"
            + " cached_input, cache_write, cache_write_1h, output, reasoning)");
  }

  private void capabilities() {
    String priced = "{ served_by: openai/x, price: { input: 1, output: 1 }, ";
    mistakes.model(
        priced + "reasoning: yes }", "6:72 models.m.reasoning: yes (expected: true or false)");
    mistakes.model(
        priced + "tools: \"true\" }", "6:68 models.m.tools: true (expected: true or false)");
    mistakes.model(
        priced + "context_tokens: 1.5 }",
        "6:77 models.m.context_tokens: 1.5 (expected: a whole number, 1..100000000)");
    mistakes.model(
        priced + "cap_param: max }",
        "6:72 models.m.cap_param: max (expected: max_completion_tokens, max_tokens or both)");
    mistakes.model(
        priced + "refused_params: [ model, top_p, top_p ] }",
        "6:79 models.m.refused_params[0]: model (expected: an optional request member, such as"
            + " temperature)",
        "6:93 models.m.refused_params[2]: top_p stands here twice");
  }

  private void caps() {
    String priced = "{ served_by: openai/x, price: { input: 1, output: 1 }, ";
    String refused = " (expected: other members, or another cap_param)";
    mistakes.model(
        priced + "cap_param: max_tokens, refused_params: [ stop, max_tokens ] }",
        "6:100 models.m.refused_params: refused_params hold max_tokens, the model's cap_param"
            + refused);
    mistakes.model(
        priced + "refused_params: [ max_completion_tokens ] }",
        "6:77 models.m.refused_params: refused_params hold max_completion_tokens, the model's"
            + " cap_param being both"
            + refused);
    mistakes.model(
        priced + "reasoning: true, refused_params: [ max_completion_tokens ] }",
        "6:94 models.m.refused_params: refused_params hold max_completion_tokens, the model's"
            + " cap_param"
            + refused);
    mistakes.model(priced + "cap_param: max_tokens, refused_params: [ max_completion_tokens ] }");
  }

  private void unknownMaximum() {
    String m = "  m: { served_by: openai/x, price: { input: 1, output: 1 } }\n";
    String warning =
        "6:3 warning: models.m: its answers are limited to 16384 tokens under a hard budget"
            + " (expected: max_output_tokens)";
    String ledger = "ledger: sqlite:p.db\n";
    String budget = "policies: [ { name: a, budget: 5 USD per day";
    mistakes.extra(m + ledger + budget + " } ]", warning);
    mistakes.extra(m + ledger + budget + ", at_exhaustion: reject } ]", warning);
    mistakes.extra(m + ledger + budget + ", applies_to: { model: m } } ]", warning);
    mistakes.extra(m + ledger + budget + ", applies_to: { tier: llm } } ]", warning);
    mistakes.extra(m + ledger + budget + ", at_exhaustion: warn } ]");
    mistakes.extra(m + ledger + budget + ", applies_to: { model: mini } } ]");
    mistakes.extra(m + ledger + budget + ", applies_to: { tier: lrm } } ]");
    mistakes.extra(m + "policies: [ { name: a, max_effort: low } ]");
    mistakes.extra(m.replace("output: 1", "output: 0") + ledger + budget + " } ]");
    mistakes.extra(m.replace("} }", "}, max_output_tokens: 1 }") + ledger + budget + " } ]");
  }

  private void bounds() {
    String priced = "{ served_by: openai/x, price: { input: 1, output: 1 }, ";
    mistakes.model(
        priced + "overhead_tokens: 100001 }",
        "6:78 models.m.overhead_tokens: 100001 (expected: a whole number, 0..100000)");
    String extra = " (expected: a request member that the gateway does not know, such as plugins)";
    mistakes.model(
        priced + "extra_params: [ plugins, 'a b', web_search_options, plugins ] }",
        "6:86 models.m.extra_params[1]: a b" + extra,
        "6:93 models.m.extra_params[2]: web_search_options" + extra,
        "6:113 models.m.extra_params[3]: plugins stands here twice");
    mistakes.model(
        priced + "extra_params: plugins }",
        "6:75 models.m.extra_params: plugins (expected: a list of request members)");
    String many =
        IntStream.rangeClosed(1, 65).mapToObj(n -> "p" + n).collect(Collectors.joining(", "));
    mistakes.model(
        priced + "extra_params: [ " + many + " ] }",
        "6:75 models.m.extra_params: 65 members (expected: at most 64)");
  }

  private void reasoning() {
    String priced = "{ served_by: openai/x, price: { input: 1, output: 1 }, ";
    mistakes.model(
        priced + "cap_covers_reasoning: false }",
        "6:3 models.m.max_reasoning_tokens: missing (expected: the most hidden reasoning, which"
            + " the cap does not limit)");
    mistakes.model(
        priced + "max_reasoning_tokens: 9 }",
        "6:83 models.m.max_reasoning_tokens: 9 (expected: none, or cap_covers_reasoning: false"
            + " beside it)");
    mistakes.model(
        priced + "cap_covers_reasoning: false, max_reasoning_tokens: -1 }",
        "6:112 models.m.max_reasoning_tokens: -1 (expected: a whole number, 0..100000000)");
    mistakes.model(
        priced + "max_image_tokens: 1e9 }",
        "6:79 models.m.max_image_tokens: 1e9 (expected: a whole number, 0..100000000)");
  }

  private void routes() {
    mistakes.extra(
        "routes: { auto: mni }", "6:17 routes.auto: unknown model mni (did you mean mini?)");
    mistakes.extra(
        "routes: { mini: o3 }",
        "6:11 routes.mini: a model has this name, too (expected: a name of its own)");
    mistakes.extra(
        "routes: { auto: o3, auto: mini }", "6:21 routes.auto: duplicate key (first in line 6)");
    mistakes.extra(
        "routes: { auto: [] }", "6:17 routes.auto: an empty list (expected: at least one tier)");
    mistakes.extra(
        "routes: { auto: }",
        "6:16 routes.auto: nothing (expected: a model, a list of tiers, or sticky and tiers)");
    mistakes.extra(
        "routes: { auto: [ mini, o3, { model: o3, min_score: 0.9 } ] }",
        "6:25 routes.auto[1].min_score: missing (expected: the score that earns this tier, such as"
            + " 0.6, or an lrm_share, such as 20%)");
    mistakes.extra(
        "routes: { auto: [ mini, { model: o3, min_score: 1.4 } ] }",
        "6:49 routes.auto[1].min_score: 1.4 (expected: a score, 0..1, such as 0.6)");
    mistakes.extra(
        "routes: { auto: [ mini, { model: o3, min_score: 0.6 }, { model: o3, min_score: .5 } ] }",
        "6:80 routes.auto[2].min_score: .5 (expected: a score, 0..1, such as 0.6)");
    mistakes.extra(
        "routes: { auto: [ mini, { model: o3, min_score: 0.6 }, { model: o3, min_score: 0.5 } ] }",
        "6:80 routes.auto[2].min_score: 0.5 (expected: more than 0.6, which the tier before has)");
    mistakes.extra(
        "routes: { auto: [ { model: mini, min_score: 0.2 } ] }",
        "6:34 warning: routes.auto[0].min_score: has no effect: the first tier takes every"
            + " question");
    mistakes.extra(
        "routes: { auto: { tiers: [ { model: o3, effort: hihg } ] } }",
        "6:49 routes.auto.tiers[0].effort: hihg (expected: none, minimal, low, medium, high,"
            + " xhigh or max)");
    mistakes.extra(
        "routes: { auto: { tiers: [ { model: mini, effort: high } ] } }",
        "6:51 routes.auto.tiers[0].effort: high (expected: none: mini takes no reasoning_effort)");
    mistakes.extra(
        "routes: { auto: { tiers: [ { model: o3, fallbacks: [ mini, o3 ] } ] } }",
        "6:60 routes.auto.tiers[0].fallbacks[1]: o3 (expected: another model than the ones before"
            + " it in this tier)");
    mistakes.extra(
        "routes: { auto: { tires: [ mini ] } }",
        "6:11 routes.auto.tiers: missing (expected: a list of tiers, cheapest first)",
        "6:19 routes.auto.tires: unknown key (did you mean tiers?)");
    mistakes.extra(
        "routes: { auto: { sticky: 2, tiers: mini } }",
        "6:27 routes.auto.sticky: 2 (expected: a time of 0s to 24h, such as 30s)");
  }
}
