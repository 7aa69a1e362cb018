// The official JavaScript SDK of OpenAI beyond chat completions, against a running gateway.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { all, apiKey, attemptsDuring, baseURL, prompt, weatherSchema } from './ask.mjs';

const client = new OpenAI({ baseURL, apiKey });
const ask = (script, text, more = {}) => ({ model: 'auto', input: prompt(script, text), ...more });

const tools = [
  { type: 'function', name: 'get_weather', strict: true, parameters: weatherSchema('days') },
];

test('a response has text, reasoning, usage and headers', async () => {
  const { data, response } = await client.responses
    .create(ask('tokens=12; reasoning=30; cached=5', 'Say hello.'))
    .withResponse();

  assert.equal(data.status, 'completed');
  assert.equal(data.output_text.length, 48);
  assert.deepEqual(data.output.map((item) => item.type), ['reasoning', 'message']);
  assert.equal(data.usage.output_tokens, 42);
  assert.equal(data.usage.output_tokens_details.reasoning_tokens, 30);
  assert.equal(response.headers.get('x-ponder-model'), 'mini');
  const uncached = data.usage.input_tokens - 5;
  const nanos = uncached * 400 + 5 * 100 + 42 * 1600;
  assert.equal(Number(response.headers.get('x-ponder-cost-usd')), nanos / 1e9);
});

test('a streamed response has every event in order', async () => {
  const request = ask('tokens=6; reasoning=3', 'Say it slowly.', { reasoning: { summary: 'auto' } });
  const events = await all(await client.responses.create({ ...request, stream: true }));

  assert.deepEqual(events.map((event) => event.sequence_number), [...events.keys()]);
  assert.equal(events[0].type, 'response.created');
  assert.equal(events.at(-1).type, 'response.completed');
  const pieces = events.filter((event) => event.type === 'response.output_text.delta');
  const whole = await client.responses.create(request);
  assert.equal(pieces.map((event) => event.delta).join(''), whole.output_text);
  assert.equal(events.at(-1).response.usage.output_tokens, 9);
});

test('a response calls a tool, and takes its result and its own reasoning back', async () => {
  const request = ask('reasoning=3', 'Call the tool.', { tools });
  const runner = client.responses.stream(request);
  const first = await runner.finalResponse();
  const call = first.output.find((item) => item.type === 'function_call');
  assert.equal(call.name, 'get_weather');
  assert.deepEqual(call.parsed_arguments, { place: 'stub', days: 1 });

  const { parsed_arguments, ...sent } = call;
  const answer = await client.responses.create({
    ...request,
    input: [
      { role: 'user', content: request.input },
      first.output.find((item) => item.type === 'reasoning'),
      sent,
      { type: 'function_call_output', call_id: call.call_id, output: 'sunny' },
    ],
  });
  assert.ok(answer.output_text.length > 0);
});

test('structured output of a response fits the schema', async () => {
  const answer = await client.responses.parse(
    ask('', 'What is the weather?', {
      text: {
        format: {
          type: 'json_schema',
          name: 'weather',
          strict: true,
          schema: weatherSchema('degrees'),
        },
      },
    }),
  );
  assert.deepEqual(answer.output_parsed, { place: 'stub', degrees: 1 });
});

test('a response that fails in mid-stream, or whose upstream dies, ends with an error', async () => {
  const codes = [];
  for (const script of ['tokens=9; error_event=after_events:5', 'tokens=9; die=after_events:5']) {
    const attempts = await attemptsDuring(async () => {
      const events = await all(
        await client.responses.create(ask(script, 'Do not end.', { stream: true })),
      );
      assert.deepEqual(events.map((event) => event.sequence_number), [0, 1, 2, 3, 4, 5]);
      assert.equal(events.at(-1).type, 'error'); // an event as others are, to this SDK
      codes.push(events.at(-1).code);
    });
    assert.deepEqual(attempts, [200]);
  }
  assert.deepEqual(codes, ['server_error', 'upstream_error']);
});

test('a 429 is retried, an unknown model is a NotFoundError', async () => {
  const attempts = await attemptsDuring(async () => {
    const answer = await client.responses.create(
      ask('fail=429; fail_first=1; retry_after=0; tokens=2', 'Once more.'),
    );
    assert.equal(answer.output_text.length, 8);
  });
  assert.deepEqual(attempts, [429, 200]);
  await assert.rejects(
    client.responses.create(ask('', 'Who are you?', { model: 'nobody' })),
    (error) => error instanceof OpenAI.NotFoundError && error.code === 'model_not_found',
  );
});

test('embeddings come as bytes by default and as numbers when asked', async () => {
  const request = { model: 'embed', input: ['one', 'other'], dimensions: 8 };
  const bytes = await client.embeddings.create(request); // the SDK asks for base64 and decodes it
  const numbers = await client.embeddings.create({ ...request, encoding_format: 'float' });

  assert.equal(bytes.data.length, 2);
  assert.equal(bytes.usage.total_tokens, 2);
  assert.deepEqual(
    bytes.data[1].embedding.map(Math.fround),
    numbers.data[1].embedding.map(Math.fround),
  );
});

test('a completion is made, plain and streamed', async () => {
  const request = { model: 'mini', prompt: prompt('tokens=4', 'Once upon a time'), max_tokens: 9 };
  const whole = await client.completions.create(request);
  const chunks = await all(await client.completions.create({ ...request, stream: true }));
  assert.equal(whole.choices[0].text.length, 16);
  assert.equal(whole.usage.completion_tokens, 4);
  assert.equal(
    chunks.map((chunk) => chunk.choices[0].text).join(''),
    whole.choices[0].text,
  );
});

test('models are listed and found, also by an id with a slash', async () => {
  const ids = (await all(await client.models.list())).map((model) => model.id);
  assert.ok(ids.includes('auto') && ids.includes('mini'));
  assert.equal((await client.models.retrieve('mini')).id, 'mini');
  assert.equal((await client.models.retrieve('stub/org/slash')).id, 'stub/org/slash');
  const answer = await client.responses.create(ask('tokens=1', 'By id.', { model: 'stub/org/slash' }));
  assert.equal(answer.model, 'org/slash');
});
