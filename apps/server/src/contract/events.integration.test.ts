import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from '@latchkey/database/testing';
import { Client } from 'pg';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openReceiver, type Received, type Receiver } from '../webhook/testing/open-receiver.ts';
import { makeDirectory, openScene, type Scene } from './testing/open-scene.ts';

let directory: string;
let database: TestDatabase;
let client: Client;
let receiver: Receiver;
let scene: Scene;
let secret: string;

// The callbacks write down what they were called with: the server is a process of its own.
const configOf = (file: string) => `
import { appendFileSync } from 'node:fs';
const write = (name) => (value) => appendFileSync(${JSON.stringify(file)}, JSON.stringify({ name, value }) + '\\n');
export default {
  callbacks: {
    beforeAuthentication: write('before'),
    afterAuthentication: async (result) => { write('after')(result); throw new Error('of the callback'); },
    onEvent: write('event'),
  },
};
`;

beforeAll(async () => {
  directory = await makeDirectory();
  await writeFile(path.join(directory, 'latchkey.config.ts'), configOf(path.join(directory, 'called')));
  database = await createTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  receiver = await openReceiver();
  scene = await start();
  const answer = await scene.rest('POST', '/api/api-tokens/webhooks', { url: receiver.url });
  ({ secret } = answer.body as { secret: string });
});
afterAll(async () => {
  await scene.close();
  await receiver.close();
  await client.end();
  await database.drop();
  await rm(directory, { recursive: true });
});

function start(): Promise<Scene> {
  return openScene({
    databaseUrl: database.url,
    env: {
      LATCHKEY_CONFIG: path.join(directory, 'latchkey.config.ts'),
      LATCHKEY_WEBHOOK_ALLOW_PRIVATE: '127.0.0.1',
      LATCHKEY_AUTH_SECRET: 'an auth secret of the contract tests',
      LATCHKEY_TOKEN_SECRET: 'a token secret of the contract tests',
    },
  });
}

interface ReceivedEvent {
  readonly type: string;
  readonly data: { readonly token: { readonly name: string } };
}

const eventsOf = (received: readonly Received[]) => received.map(({ body }) => JSON.parse(body) as ReceivedEvent);
const typesOf = (received: readonly Received[]) => eventsOf(received).map(({ type }) => type);
const pendingDeliveries = async () => (await client.query(`select from webhook_deliveries where status = 'pending'`)).rowCount;
const called = async () =>
  (await readFile(path.join(directory, 'called'), 'utf8').catch(() => ''))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { name: string; value: Record<string, unknown> });

it('the first use of a token arrives signed, a second or two after it, and the second use does not', async () => {
  const token = await scene.createToken({ name: 'first use' });
  expect((await scene.call(token.token)).status).toBe(200);
  expect((await scene.call(token.token)).status).toBe(200);
  await expect.poll(() => typesOf(receiver.received), { timeout: 15_000 }).toEqual(['token.created', 'token.used_first_time']);
  for (const { body, headers } of receiver.received) new Webhook(secret).verify(body, headers as Record<string, string>);
});

it('callbacks of latchkey.config.ts are called for checks and events, see no token, and may fail', async () => {
  const token = await scene.createToken({ name: 'called back' });
  expect((await scene.call(token.token, '/products?store_id=1')).status).toBe(200);
  const ofToken = async () =>
    (await called()).filter(
      ({ value }) => value.tokenId === token.id || (value.data as { token?: { id: number } })?.token?.id === token.id,
    );
  await expect
    .poll(async () => (await ofToken()).map(({ name, value }) => value.type ?? `${name} ${value.code}`).sort(), { timeout: 15_000 })
    .toEqual(['after VALID', 'token.created', 'token.used_first_time']);
  expect((await called()).some(({ name, value }) => name === 'before' && value.path === '/products')).toBe(true);
  expect(await readFile(path.join(directory, 'called'), 'utf8')).not.toContain(token.token.slice(8, 40));
  expect((await scene.call(token.token)).status).toBe(200);
});

it('a server that is killed in the middle of a delivery sends it again after its restart, under the same id', async () => {
  // A callback is told of an event before its webhook is sent: what the test before this one made may still be under way.
  await expect.poll(pendingDeliveries, { timeout: 15_000 }).toBe(0);
  receiver.received.length = 0;
  const reached = Promise.withResolvers<void>();
  receiver.answer = () => reached.resolve();
  await scene.createToken({ name: 'killed' });
  await reached.promise;
  await scene.process.killHard();
  await scene.close();
  // The lease of the dead process, over at once.
  await client.query(`update webhook_deliveries set next_attempt_at = now() where status = 'pending'`);
  receiver.answer = (_req, res) => res.writeHead(204).end();
  scene = await start();
  await expect
    .poll(() => eventsOf(receiver.received).map(({ type, data }) => `${type} ${data.token.name}`), { timeout: 15_000 })
    .toEqual(['token.created killed', 'token.created killed']);
  const [first, second] = receiver.received as [Received, Received];
  expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
  new Webhook(secret).verify(second.body, second.headers as Record<string, string>);
});

it('a token that its holder ends is refused by the gateway at once, without an account', async () => {
  const token = await scene.createToken({ name: 'pasted somewhere' });
  expect((await scene.call(token.token)).status).toBe(200);
  const answer = await fetch(`${scene.url}/leaks/revoke`, { method: 'POST', body: JSON.stringify({ token: token.token }) });
  expect(answer.status).toBe(202);
  await expect.poll(async () => (await scene.call(token.token)).body, { timeout: 10_000 }).toMatchObject({ code: 'KEY_REVOKED' });
});
