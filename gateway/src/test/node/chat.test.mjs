// The official JavaScript SDK of OpenAI and chat completions, against a running gateway, with the
// SDK's defaults: two retries.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { all, apiKey, attemptsDuring, baseURL, prompt, weatherSchema } from './ask.mjs';

const client = new OpenAI({ baseURL, apiKey });

const ask = (script, text, more = {}) => ({
  model: 'auto',
  messages: [{ role: 'user', content: prompt(script, text) }],
  ...more,
});

/** The texts of the deltas that have any. */
const textsOf = (chunks) =>
  chunks.flatMap((chunk) => chunk.choices.map((choice) => choice.delta.content)).filter(Boolean);

const assertDecision = (headers) => {
  assert.ok(headers.get('x-request-id'));
  assert.equal(headers.get('x-ponder-route'), 'auto');
  assert.equal(headers.get('x-ponder-model'), 'mini');
  assert.equal(headers.get('x-ponder-reason'), 'score');
  assert.match(headers.get('x-ponder-score'), /^[01]\.[0-9]{3}$/);
};

const tools = [
  {
    type: 'function',
    function: { name: 'get_weather', strict: true, parameters: weatherSchema('days') },
  },
];

const assertWeatherCall = (choice) => {
  assert.equal(choice.finish_reason, 'tool_calls');
  assert.equal(choice.message.tool_calls.length, 1);
  const [call] = choice.message.tool_calls;
  assert.match(call.id, /^call_/);
  assert.equal(call.function.name, 'get_weather');
  assert.deepEqual(call.function.parsed_arguments, { place: 'stub', days: 1 });
};

test('a plain answer has text, usage and headers', async () => {
  const { data, response, request_id } = await client.chat.completions
    .create(ask('tokens=12; reasoning=30; cached=5', 'Say hello.'))
    .withResponse();

  assert.equal(data.model, 'mini');
  assert.equal(data.choices[0].finish_reason, 'stop');
  assert.equal(data.choices[0].message.content.length, 48);
  assert.equal(data.usage.completion_tokens, 42);
  assert.equal(data.usage.completion_tokens_details.reasoning_tokens, 30);
  assert.equal(data.usage.prompt_tokens_details.cached_tokens, 5);
  assertDecision(response.headers);
  assert.match(response.headers.get('x-ponder-cost-usd'), /^0\.[0-9]{1,12}$/);
  assert.equal(request_id, response.headers.get('x-request-id'));
});

test('a streamed answer has the same text in order, and no usage unless asked', async () => {
  const request = ask('tokens=12', 'Say it slowly.');
  const { data, response } = await client.chat.completions
    .create({ ...request, stream: true })
    .withResponse();
  const chunks = await all(data);
  const whole = await client.chat.completions.create(request);

  assertDecision(response.headers);
  assert.deepEqual(textsOf(chunks), whole.choices[0].message.content.match(/.{4}/g));
  assert.ok(chunks.every((chunk) => chunk.choices.length === 1 && !chunk.usage));
});

test('a streamed answer ends with usage when asked', async () => {
  const chunks = await all(
    await client.chat.completions.create(
      ask('tokens=12; reasoning=30', 'Say it slowly and count.', {
        stream: true,
        stream_options: { include_usage: true },
      }),
    ),
  );
  const last = chunks.pop();

  assert.deepEqual(last.choices, []);
  assert.equal(last.usage.completion_tokens, 42);
  assert.equal(last.usage.completion_tokens_details.reasoning_tokens, 30);
  assert.ok(Number(last.ponder.cost_usd) > 0);
  assert.ok(chunks.every((chunk) => chunk.choices.length === 1 && !chunk.usage));
});

test('a tool call is made and its result is taken', async () => {
  const request = ask('reasoning=3', 'Call the tool.', { tools });
  const [choice] = (await client.chat.completions.parse(request)).choices;
  assertWeatherCall(choice);

  const { parsed, ...message } = choice.message;
  const answer = await client.chat.completions.create({
    ...request,
    messages: [
      ...request.messages,
      message,
      { role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'sunny' },
      { role: 'user', content: 'stub: tokens=3\nAnd now in words.' },
    ],
  });
  assert.equal(answer.choices[0].message.content.length, 12);
});

test('a streamed tool call is put together', async () => {
  const runner = client.chat.completions.stream(
    ask('reasoning=3', 'Call the tool slowly.', { tools }),
  );
  const done = [];
  runner.on('tool_calls.function.arguments.done', (call) => done.push(call.name));
  assertWeatherCall((await runner.finalChatCompletion()).choices[0]);
  assert.deepEqual(done, ['get_weather']);
});

test('structured output fits the schema', async () => {
  const answer = await client.chat.completions.parse(
    ask('reasoning=3', 'What is the weather?', {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'weather', strict: true, schema: weatherSchema('degrees') },
      },
    }),
  );
  assert.deepEqual(answer.choices[0].message.parsed, { place: 'stub', degrees: 1 });
});

test('a wrong key is an AuthenticationError', async () => {
  const stranger = new OpenAI({ baseURL, apiKey: 'sk-wrong' });
  const attempts = await attemptsDuring(() =>
    assert.rejects(stranger.chat.completions.create(ask('', 'Let me in.')), (error) => {
      assert.ok(error instanceof OpenAI.AuthenticationError);
      assert.equal(error.status, 401);
      assert.equal(error.code, 'invalid_api_key');
      assert.equal(error.type, 'invalid_request_error');
      assert.match(error.message, /^401 .*API key/);
      assert.ok(error.requestID);
      return true;
    }),
  );
  assert.deepEqual(attempts, []);
});

test('an unknown model is a NotFoundError', async () => {
  const attempts = await attemptsDuring(() =>
    assert.rejects(
      client.chat.completions.create(ask('', 'Who are you?', { model: 'nobody' })),
      (error) => {
        assert.ok(error instanceof OpenAI.NotFoundError);
        assert.equal(error.code, 'model_not_found');
        assert.equal(error.param, 'model');
        assert.match(error.message, /^404 .*`nobody`/);
        return true;
      },
    ),
  );
  assert.deepEqual(attempts, []);
});

test('a 429 is retried', async () => {
  const attempts = await attemptsDuring(async () => {
    const answer = await client.chat.completions.create(
      ask('fail=429; fail_first=1; retry_after=0; tokens=2', 'Once more.'),
    );
    assert.equal(answer.choices[0].message.content.length, 8);
  });
  assert.deepEqual(attempts, [429, 200]);
});

test('an upstream that dies in mid-stream is an error', async () => {
  const chunks = [];
  const attempts = await attemptsDuring(() =>
    assert.rejects(
      async () =>
        all(
          await client.chat.completions.create(
            ask('tokens=40; die=after_events:5', 'Do not end.', { stream: true }),
          ),
          chunks,
        ),
      (error) => {
        assert.ok(error instanceof OpenAI.APIError);
        assert.equal(error.code, 'upstream_error');
        return true;
      },
    ),
  );
  assert.equal(textsOf(chunks).length, 4); // what came before is not lost
  assert.deepEqual(attempts, [200]);
});
