// The AI SDK of Vercel with its three providers for us, against a running gateway.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { embedMany, generateText, Output, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
import { apiKey, attemptsDuring, baseURL, callsDuring, prompt } from './ask.mjs';

const openai = createOpenAI({ baseURL, apiKey });
const compatible = createOpenAICompatible({ name: 'ponder', baseURL, apiKey });
const anthropic = createAnthropic({ baseURL, apiKey });

/** What the test is about, the model, and the path that its provider must ask. */
const models = [
  ['openai() speaks responses', openai('auto'), '/v1/responses'],
  ['openai.chat() speaks chat completions', openai.chat('auto'), '/v1/chat/completions'],
  ['openai-compatible speaks chat completions', compatible('auto'), '/v1/chat/completions'],
  ['anthropic() speaks messages', anthropic('claude'), '/v1/messages'],
];

const tools = {
  get_weather: tool({
    description: 'Looks up the weather',
    inputSchema: z.object({ place: z.string(), days: z.number().int() }),
    execute: ({ place }) => `sunny at ${place}`,
  }),
};

for (const [name, model, path] of models) {
  test(`${name}: text, plain and streamed`, async () => {
    const request = { model, prompt: prompt('tokens=12; reasoning=3', 'Say hello.') };
    let plain;
    let stream;
    const calls = await callsDuring(async () => {
      plain = await generateText(request);
      stream = streamText(request);
      await stream.consumeStream();
    });

    assert.equal(plain.text.length, 48);
    assert.equal(plain.finishReason, 'stop');
    assert.equal(plain.usage.outputTokens, 15);
    assert.equal(await stream.text, plain.text);
    assert.equal(await stream.finishReason, 'stop');
    assert.deepEqual(calls.map((call) => call.target), [`POST ${path}`, `POST ${path}`]);
    assert.ok(plain.response.headers['x-ponder-cost-usd']);
  });

  test(`${name}: a tool is run and its result told`, async () => {
    const request = { model, tools, stopWhen: stepCountIs(3), prompt: prompt('', 'Call the tool.') };
    const plain = await generateText(request);
    assert.deepEqual(plain.steps.map((step) => step.finishReason), ['tool-calls', 'stop']);
    assert.equal(plain.steps[0].toolResults[0].output, 'sunny at stub');

    const stream = streamText(request);
    await stream.consumeStream();
    assert.equal((await stream.steps).length, 2);
    assert.equal(await stream.text, plain.text);
  });

  test(`${name}: a dying stream is an error`, async () => {
    const errors = [];
    const attempts = await attemptsDuring(() =>
      streamText({
        model,
        prompt: prompt('tokens=40; die=after_events:7', 'Do not end.'),
        onError: ({ error }) => errors.push(error),
      }).consumeStream({ onError: () => {} }),
    );
    assert.equal(errors.length, 1);
    assert.deepEqual(attempts, [200]);
  });

  test(`${name}: a refusal of the gateway is told`, async () => {
    const stranger = { apiKey: 'sk-wrong', baseURL };
    const provider = path.endsWith('messages') ? createAnthropic(stranger) : createOpenAI(stranger);
    await assert.rejects(
      generateText({ model: provider('claude'), prompt: 'Let me in.' }),
      (error) => error.statusCode === 401 && /API key/.test(error.message),
    );
  });
}

for (const [name, model] of models.slice(0, 2)) {
  test(`${name}: structured output fits the schema`, async () => {
    const { output } = await generateText({
      model,
      prompt: prompt('reasoning=3', 'What is the weather?'),
      output: Output.object({ schema: z.object({ place: z.string(), degrees: z.number().int() }) }),
    });
    assert.equal(output.place, 'stub');
    assert.ok(Number.isInteger(output.degrees));
  });
}

test('reasoning in words comes through the openai-compatible provider', async () => {
  for (const member of ['reasoning_content', 'reasoning']) {
    const request = {
      model: compatible('auto'),
      prompt: prompt(`tokens=2; reasoning=5; show_reasoning=${member}`, 'Think aloud.'),
    };
    const plain = await generateText(request);
    assert.equal(plain.reasoningText.length, 20);
    const stream = streamText(request);
    await stream.consumeStream();
    assert.equal(await stream.reasoningText, plain.reasoningText);
  }
});

test('embeddings of both providers are the same', async () => {
  const values = ['one', 'other'];
  const [ours, theirs] = await Promise.all([
    embedMany({ model: openai.embedding('embed'), values }),
    embedMany({ model: compatible.embeddingModel('embed'), values }),
  ]);
  assert.equal(ours.embeddings.length, 2);
  assert.deepEqual(ours.embeddings, theirs.embeddings);
  assert.equal(ours.usage.tokens, 2);
});
