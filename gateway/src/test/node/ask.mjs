// What the tests of all SDKs share: where the gateway is, and how the stub behind it is told what to do.
//
// PONDER_URL       base URL of the gateway, http://host:port/v1
// PONDER_KEY       a key that it knows; its route auto must choose the model mini for simple prompts,
//                  claude must be a model of an Anthropic upstream, embed a model that embeds
// PONDER_STUB_URL  base URL of the stub upstream behind it, to count what has reached it
import assert from 'node:assert/strict';

const required = (name) => {
  const value = process.env[name];
  assert.ok(value, `${name}: not set (expected: a value, see the top of this file)`);
  return value;
};

export const baseURL = required('PONDER_URL');
export const apiKey = required('PONDER_KEY');
const stub = new URL('/stub/', required('PONDER_STUB_URL'));

/** A prompt that tells the stub what to do; the text makes it a prompt of its own. */
export const prompt = (script, text) => `stub: ${script}\n${text}`;

/** The calls that reach the upstream meanwhile, in order. */
export const callsDuring = async (action) => {
  await fetch(new URL('reset', stub), { method: 'POST' });
  await action();
  const log = await (await fetch(new URL('log?format=jsonl', stub))).text();
  return log.split('\n').filter(Boolean).map((line) => JSON.parse(line));
};

/** The statuses of those calls. */
export const attemptsDuring = async (action) =>
  (await callsDuring(action)).map((call) => call.status);

/** Everything that can be iterated over, as an array. */
export const all = async (stream, items = []) => {
  for await (const item of stream) items.push(item);
  return items;
};

/** A schema whose smallest value is {place: 'stub', [property]: 1}. */
export const weatherSchema = (property) => ({
  type: 'object',
  properties: { place: { type: 'string' }, [property]: { type: 'integer' } },
  required: ['place', property],
  additionalProperties: false,
});
