// The official JavaScript SDK of Anthropic against a running gateway, with its defaults.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { all, apiKey, attemptsDuring, baseURL, callsDuring, prompt, weatherSchema } from './ask.mjs';

// This SDK adds /v1 by itself.
const client = new Anthropic({ baseURL: baseURL.replace(/\/v1$/, ''), apiKey });

const ask = (script, text, more = {}) => ({
  model: 'claude',
  max_tokens: 2000,
  messages: [{ role: 'user', content: prompt(script, text) }],
  ...more,
});
const tools = [{ name: 'get_weather', input_schema: weatherSchema('days') }];

test('a message has thinking, text, usage and its cost', async () => {
  const { data, response } = await client.messages
    .create(
      ask('tokens=12; reasoning=30; cached=5; cache_write=4', 'Say hello.', {
        thinking: { type: 'enabled', budget_tokens: 1024 },
      }),
    )
    .withResponse();

  assert.deepEqual(data.content.map((block) => block.type), ['thinking', 'text']);
  assert.equal(data.content[1].text.length, 48);
  assert.equal(data.stop_reason, 'end_turn');
  assert.equal(data.usage.output_tokens, 42);
  const { input_tokens: input } = data.usage;
  const nanos = input * 3000 + 5 * 300 + 4 * 3750 + 42 * 15000;
  assert.equal(Number(response.headers.get('x-ponder-cost-usd')), nanos / 1e9);
  assert.equal(response.headers.get('x-ponder-model'), 'claude');
  assert.ok(data._request_id);
});

test('a streamed message has the same text, and its thinking is signed', async () => {
  const request = ask('tokens=6; reasoning=3', 'Say it slowly.', {
    thinking: { type: 'enabled', budget_tokens: 1024 },
  });
  const stream = client.messages.stream(request);
  const types = (await all(stream)).map((event) => event.type);
  const message = await stream.finalMessage();
  const whole = await client.messages.create(request);

  assert.equal(types[0], 'message_start');
  assert.equal(types.at(-1), 'message_stop');
  assert.ok(message.content[0].signature);
  assert.equal(message.content[1].text, whole.content[1].text);
  assert.equal(message.usage.output_tokens, 9);
});

test('a tool is called and its result is taken', async () => {
  const request = ask('', 'Call the tool.', { tools });
  const message = await client.messages.stream(request).finalMessage();
  const call = message.content.find((block) => block.type === 'tool_use');
  assert.equal(message.stop_reason, 'tool_use');
  assert.deepEqual(call.input, { place: 'stub', days: 1 });

  const answer = await client.messages.create({
    ...request,
    messages: [
      ...request.messages,
      { role: 'assistant', content: message.content },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: call.id, content: 'sunny' }],
      },
    ],
  });
  assert.equal(answer.stop_reason, 'end_turn');
});

test('tokens are counted for nothing', async () => {
  const { messages, model } = ask('', 'How long is this?');
  const calls = await callsDuring(async () => {
    const count = await client.messages.countTokens({ model, messages });
    assert.equal(count.input_tokens, 4 + Math.ceil(messages[0].content.length / 4));
  });
  assert.deepEqual(calls.map((call) => call.target), ['POST /v1/messages/count_tokens']);
});

test('models are listed page by page, and found', async () => {
  const ids = (await all(client.models.list({ limit: 4 }))).map((model) => model.id);
  assert.deepEqual(ids, ['auto', 'mini', 'deep', 'slash', 'embed', 'claude']);
  assert.equal((await client.models.retrieve('claude')).type, 'model');
  await assert.rejects(client.models.retrieve('nobody'), Anthropic.NotFoundError);
});

test('errors are of the right class, with their type', async () => {
  const stranger = new Anthropic({ baseURL: client.baseURL, apiKey: 'sk-wrong' });
  await assert.rejects(stranger.messages.create(ask('', 'Let me in.')), (error) => {
    assert.ok(error instanceof Anthropic.AuthenticationError);
    assert.equal(error.error.type, 'error');
    assert.equal(error.error.error.type, 'authentication_error');
    assert.ok(error.requestID);
    return true;
  });
  await assert.rejects(
    client.messages.create(ask('', 'Who?', { model: 'nobody' })),
    (error) =>
      error instanceof Anthropic.NotFoundError && error.error.error.type === 'not_found_error',
  );
  await assert.rejects(client.messages.create(ask('fail=400', 'No.')), Anthropic.BadRequestError);
});

test('an overloaded upstream is asked again', async () => {
  const attempts = await attemptsDuring(async () => {
    const answer = await client.messages.create(
      ask('fail=529; fail_first=1; retry_after=0; tokens=2', 'Once more.'),
    );
    assert.equal(answer.content[0].text.length, 8);
  });
  assert.deepEqual(attempts, [529, 200]);
});

test('a message whose upstream fails or dies in mid-stream is an error', async () => {
  for (const script of ['tokens=9; error_event=after_events:5', 'tokens=9; die=after_events:5']) {
    const attempts = await attemptsDuring(() =>
      assert.rejects(
        async () =>
          all(await client.messages.create(ask(script, 'Do not end.', { stream: true }))),
        Anthropic.APIError,
      ),
    );
    assert.deepEqual(attempts, [200]);
  }
});
