// Clients of one dialect before models of the other: OpenAI's SDK and Vercel's before a model at an
// Anthropic upstream, Anthropic's before a model at an OpenAI upstream.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, stepCountIs, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { z } from 'zod';
import { all, apiKey, attemptsDuring, baseURL, callsDuring, prompt, weatherSchema } from './ask.mjs';

const openai = new OpenAI({ baseURL, apiKey });
const anthropic = new Anthropic({ baseURL: baseURL.replace(/\/v1$/, ''), apiKey });

const chat = (script, text, more = {}) => ({
  model: 'claude',
  messages: [{ role: 'user', content: prompt(script, text) }],
  ...more,
});
const message = (script, text, more = {}) => ({
  ...chat(script, text),
  model: 'mini',
  max_tokens: 2000,
  ...more,
});
const schema = weatherSchema('days');
const broken = [
  'tokens=9; error_event=after_events:5',
  'tokens=9; die=after_events:5',
  'tokens=9; end=clean',
];

test('openai before claude: text and reasoning, plain and streamed', async () => {
  const request = chat('tokens=6; reasoning=3', 'Say hello.');
  const [{ message: said, finish_reason }] = (await openai.chat.completions.create(request)).choices;
  const stream = openai.chat.completions.stream(request);
  const thoughts = [];
  stream.on('chunk', (chunk) => thoughts.push(chunk.choices[0]?.delta.reasoning_content ?? ''));
  const [streamed] = (await stream.finalChatCompletion()).choices;

  assert.equal(said.content.length, 24);
  assert.equal(said.reasoning_content.length, 12);
  assert.equal(finish_reason, 'stop');
  assert.equal(streamed.message.content, said.content);
  assert.equal(thoughts.join(''), said.reasoning_content);
});

test('openai before claude: two calls, and their results', async () => {
  const request = chat('calls=2', 'Call the tool.', {
    tools: [{ type: 'function', function: { name: 'get_weather', parameters: schema } }],
  });
  const plain = (await openai.chat.completions.create(request)).choices[0];
  const streamed = (await openai.chat.completions.stream(request).finalChatCompletion()).choices[0];
  for (const { finish_reason, message: { tool_calls: calls } } of [plain, streamed]) {
    assert.equal(finish_reason, 'tool_calls');
    assert.equal(new Set(calls.map((call) => call.id)).size, 2);
    for (const call of calls) {
      assert.deepEqual(JSON.parse(call.function.arguments), { place: 'stub', days: 1 });
    }
  }
  const results = plain.message.tool_calls.map((call) => ({
    role: 'tool',
    tool_call_id: call.id,
    content: 'sunny',
  }));
  const calls = await callsDuring(async () => {
    const answer = await openai.chat.completions.create({
      ...request,
      messages: [...request.messages, plain.message, ...results],
    });
    assert.equal(answer.choices[0].finish_reason, 'stop');
  });
  assert.deepEqual(calls.map((call) => call.target), ['POST /v1/messages']);
});

test('openai before claude: refusals and broken streams are errors', async () => {
  await assert.rejects(
    openai.chat.completions.create(chat('fail=400', 'No.')),
    OpenAI.BadRequestError,
  );
  for (const script of broken) {
    const attempts = await attemptsDuring(() =>
      assert.rejects(
        async () =>
          all(await openai.chat.completions.create(chat(script, 'Do not end.', { stream: true }))),
        OpenAI.APIError,
      ),
    );
    assert.deepEqual(attempts, [200]);
  }
});

const reasons = 'tokens=6; reasoning=3; show_reasoning';

test('anthropic before mini: text and thinking, plain and streamed', async () => {
  const request = message(reasons, 'Say hello.');
  const plain = await anthropic.messages.create(request);
  const streamed = await anthropic.messages.stream(request).finalMessage();
  assert.deepEqual(plain.content.map((block) => block.type), ['thinking', 'text']);
  assert.equal(plain.content[1].text.length, 24);
  assert.equal(plain.stop_reason, 'end_turn');
  assert.deepEqual(streamed.content.map((block) => block.type), ['thinking', 'text']);
  assert.equal(streamed.content[0].thinking, plain.content[0].thinking);
  assert.equal(streamed.content[1].text, plain.content[1].text);
  assert.equal(streamed.usage.output_tokens, 9);
});

test('anthropic before mini: two calls, and their results', async () => {
  const request = message('calls=2', 'Call the tool.', {
    tools: [{ name: 'get_weather', input_schema: schema }],
  });
  const plain = await anthropic.messages.create(request);
  const streamed = await anthropic.messages.stream(request).finalMessage();
  for (const { stop_reason, content } of [plain, streamed]) {
    assert.equal(stop_reason, 'tool_use');
    assert.deepEqual(content.map((block) => block.input), [
      { place: 'stub', days: 1 },
      { place: 'stub', days: 1 },
    ]);
    assert.equal(new Set(content.map((block) => block.id)).size, 2);
  }
  const calls = await callsDuring(async () => {
    const answer = await anthropic.messages.create({
      ...request,
      messages: [
        ...request.messages,
        { role: 'assistant', content: streamed.content },
        {
          role: 'user',
          content: streamed.content.map((block) => ({
            type: 'tool_result',
            tool_use_id: block.id,
            content: 'sunny',
          })),
        },
      ],
    });
    assert.equal(answer.stop_reason, 'end_turn');
  });
  assert.deepEqual(calls.map((call) => call.target), ['POST /v1/chat/completions']);
});

test('anthropic before mini: refusals and broken streams are errors', async () => {
  await assert.rejects(
    anthropic.messages.create(message('fail=400', 'No.')),
    Anthropic.BadRequestError,
  );
  for (const script of broken) {
    const attempts = await attemptsDuring(() =>
      assert.rejects(
        async () =>
          all(await anthropic.messages.create(message(script, 'Do not end.', { stream: true }))),
        Anthropic.APIError,
      ),
    );
    assert.deepEqual(attempts, [200]);
  }
});

const crossed = [
  ['openai-compatible', createOpenAICompatible({ name: 'ponder', baseURL, apiKey })('claude')],
  ['anthropic()', createAnthropic({ baseURL, apiKey })('mini')],
];

for (const [name, model] of crossed) {
  test(`vercel ${name} across: text, reasoning, tools, and a stream that dies`, async () => {
    const request = { model, prompt: prompt(reasons, 'Say hello.') };
    const plain = await generateText(request);
    const stream = streamText(request);
    await stream.consumeStream();
    assert.equal(plain.text.length, 24);
    assert.equal(plain.reasoningText.length, 12);
    assert.equal(await stream.text, plain.text);
    assert.equal(await stream.reasoningText, plain.reasoningText);

    const called = await generateText({
      model,
      prompt: prompt('calls=2', 'Call the tool.'),
      stopWhen: stepCountIs(3),
      tools: {
        get_weather: tool({
          inputSchema: z.object({ place: z.string(), days: z.number().int() }),
          execute: ({ place }) => `sunny at ${place}`,
        }),
      },
    });
    assert.deepEqual(called.steps.map((step) => step.finishReason), ['tool-calls', 'stop']);
    assert.deepEqual(
      called.steps[0].toolResults.map((result) => result.output),
      ['sunny at stub', 'sunny at stub'],
    );

    const errors = [];
    await streamText({
      model,
      prompt: prompt('tokens=40; die=after_events:7', 'Do not end.'),
      onError: ({ error }) => errors.push(error),
    }).consumeStream({ onError: () => {} });
    assert.equal(errors.length, 1);
  });
}
