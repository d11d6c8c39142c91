import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

interface Example {
  readonly url: string;
  readonly reader: string;
  readonly writer: string;
  /** Ends it, and answers how many requests it recorded. */
  stop(): Promise<number>;
}

async function start(name: string): Promise<Example> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, `${name}.ts`)], { stdio: ['ignore', 'pipe', 'inherit'] });
  running.push(child);
  let said = '';
  const ended = once(child, 'close');
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const matches = (pattern: RegExp) => pattern.exec(said)?.[1] ?? '';
  while (matches(/Writes: .*Bearer (\S+)'.*\n/) === '') {
    await Promise.race([once(child.stdout, 'data'), ended.then(() => Promise.reject(new Error(`${name} ended: ${said}`)))]);
  }
  return {
    url: matches(/Listening: (\S+)/),
    reader: matches(/Reads: .*Bearer (\S+)'/),
    writer: matches(/Writes: .*Bearer (\S+)'/),
    async stop() {
      child.kill('SIGTERM');
      await ended;
      return Number(matches(/Recorded: (\d+)/));
    },
  };
}

test.each(['node', 'express', 'fastify', 'hono', 'fetch'])(
  '%s: the example runs, and its API is protected, limited and recorded',
  { timeout: 60_000 },
  async (name) => {
    const { url, reader, writer, stop } = await start(name);
    const call = (token: string | null, method = 'GET', path = '/api/products') =>
      fetch(`${url}${path}`, { method, headers: token === null ? {} : { authorization: `Bearer ${token}` } });

    const read = await call(reader);
    expect([read.status, await read.json()]).toEqual([200, { products: [], for: 'Reader' }]);
    expect(read.headers.get('x-ratelimit-remaining')).toBe('4');
    expect((await call(null)).status).toBe(401);
    expect((await call('lk_live_nonsense')).status).toBe(401);
    expect((await call(reader, 'POST')).status).toBe(403);
    expect((await call(writer, 'POST')).status).toBe(201);
    for (let left = 3; left >= 0; left -= 1) expect((await call(reader)).headers.get('x-ratelimit-remaining')).toBe(String(left));
    const refused = await call(reader);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)]);
    // All but the two 401s, which were nobody's.
    expect(await stop()).toBe(8);
  },
);
