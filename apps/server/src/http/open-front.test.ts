import { listen, send } from '@latchkey/bearer-auth/testing';
import { expect, it, onTestFinished } from 'vitest';
import type { Listener } from './listener.ts';
import { openFront } from './open-front.ts';

async function open(listener: Listener) {
  const logged: { err: unknown; request_id: string }[] = [];
  const logger = { error: (fields: (typeof logged)[number]) => void logged.push(fields) };
  const parts = new AsyncDisposableStack();
  const door = await listen(openFront({ listener, isPublic: () => true, lane: null, logger: logger as never }, parts));
  onTestFinished(async () => {
    await door.close();
    await parts.disposeAsync();
  });
  return { ...door, logged };
}

const throwing: Listener = (req, res) => {
  res.setHeader('X-Half', '1');
  if (req.url === '/defect') throw new Error('a defect');
  res.end('fine');
  return undefined;
};

it.each([
  ['throws', throwing],
  ['throws after a while', async (req, res) => throwing(req, res)],
] satisfies [string, Listener][])(
  'a request whose handling %s is answered with 500 and logged under its id, and the server goes on',
  async (_, listener) => {
    const { url, logged } = await open(listener);
    const answer = await send(url, { path: '/defect' });
    expect(answer).toMatchObject({
      status: 500,
      body: { code: 'INTERNAL_ERROR' },
      headers: { connection: 'close', 'cache-control': 'no-store' },
    });
    expect(answer.headers).not.toHaveProperty('x-half');
    expect(answer.text).not.toContain('a defect');
    expect(logged).toMatchObject([{ err: { message: 'a defect' }, request_id: answer.body?.request_id }]);
    expect(await send(url, { path: '/else' })).toMatchObject({ status: 200, text: 'fine' });
  },
);

it('one whose answer has begun is cut off', async () => {
  const { url, logged } = await open((_req, res) => {
    res.writeHead(200, { 'Content-Length': 10 }).write('half');
    throw new Error('a defect');
  });
  await expect(send(url)).rejects.toThrow();
  expect(logged).toHaveLength(1);
});
