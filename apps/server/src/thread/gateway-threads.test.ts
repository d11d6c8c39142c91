import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSharedCounterMemory } from '@latchkey/bearer-auth/shared';
import { createTokenText, DEFAULT_POLICY, type TokenChange } from '@latchkey/core';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../config/config.ts';
import { type GatewayThreadsOptions, startGatewayThreads } from './gateway-threads.ts';
import { type MainMethods, toThreadConfig } from './thread-protocol.ts';

// Threads load everything that a server does.
vi.setConfig({ testTimeout: 60_000 });

const ANYWHERE = { host: '127.0.0.1', port: 0 };
const CHANGE: TokenChange = { kind: 'resync' };

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'latchkey-threads-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** What the main thread answers where there is no token and no quota. */
function serveNothing(onReady: () => void): MainMethods {
  return {
    ready: onReady,
    findByDigest: async () => null,
    importedKinds: () => ({ foreign: false, sha256: false, bcrypt: false }),
    findBcrypt: async () => [],
    rehash: () => undefined,
    lease: () => Promise.reject(new Error('There are no quotas.')),
    giveBack: async () => undefined,
    log: () => undefined,
  };
}

/** Two threads without a database. `happened`: what, in its order. */
function prepare({ configFile = '', spoolOf = (number: number) => path.join(directory, `spool-${number}`) } = {}) {
  const happened: string[] = [];
  const told: ((change: TokenChange) => Promise<void>)[] = [];
  const env = { LATCHKEY_DATA_DIR: directory, LATCHKEY_CONFIG: configFile };
  const shared = {
    counter: createSharedCounterMemory(),
    liveCounters: new SharedArrayBuffer(4),
    config: toThreadConfig(loadConfig(env), new URL('http://127.0.0.1:9')),
    policy: DEFAULT_POLICY,
    tokenSecrets: ['a secret for threads of a test'],
    mainSocket: path.join(directory, 'main.sock'),
  };
  const options: GatewayThreadsOptions = {
    count: 2,
    logger: pino({ level: 'warn' }, { write: (line: string) => void happened.push(JSON.parse(line).msg) }),
    dataOf: (number, holder) => ({ ...shared, number, holder, spoolDirectory: spoolOf(number) }),
    serve: (number, onReady) =>
      serveNothing(() => {
        happened.push(`${number} is ready`);
        onReady();
      }),
    connectSpool: () => () => undefined,
    subscribe(listener) {
      told.push(listener);
      return () => void told.splice(told.indexOf(listener), 1);
    },
    onEnded: () => void happened.push('ended'),
  };
  return { options, happened, told };
}

describe('a start', () => {
  it('of which one thread can not begin fails, and leaves none of them behind', async () => {
    const file = path.join(directory, 'no-directory');
    await writeFile(file, '');
    const { options, happened, told } = prepare({ spoolOf: (number) => (number === 2 ? file : path.join(directory, 'spool-1')) });
    await expect(startGatewayThreads(options)).rejects.toThrow('EEXIST');
    expect(happened.filter((each) => each === 'ended')).toHaveLength(2);
    expect(happened).not.toContain('A thread has ended; another takes its place');
    expect(told).toEqual([]);
  });

  it('holds up no change: a thread that is not there yet hears of it before it serves', async () => {
    const { options, happened, told } = prepare();
    const starting = startGatewayThreads(options);
    await told[0]?.(CHANGE);
    happened.push('changed');
    const threads = await starting;
    expect(happened[0]).toBe('changed');
    await threads.close();
  });
});

describe('a thread that hangs', () => {
  it('takes no records as far as anybody can tell, and keeps nobody waiting who asks how all are', async () => {
    const configFile = path.join(directory, 'latchkey.config.mjs');
    const hang = `if (path === '/hang') for (const until = Date.now() + 5_000; Date.now() < until; );`;
    await writeFile(configFile, `export default { callbacks: { beforeAuthentication({ path }) { ${hang} } } };`);
    const { options } = prepare({ configFile });
    const threads = await startGatewayThreads(options);
    const port = await threads.listen(ANYWHERE);
    expect(await threads.areAccepting()).toBe(true);
    expect(await threads.readFigures()).toHaveLength(2);
    const answered = new Promise((resolve) => {
      const headers = { authorization: `Bearer ${createTokenText('lk_live_')}` };
      request({ port, path: '/api/hang', headers }, (res) => res.resume().once('end', resolve)).end();
    });
    await vi.waitFor(async () => expect(await threads.areAccepting()).toBe(false), { timeout: 5_000 });
    expect(await threads.readFigures()).toHaveLength(1);
    await answered;
    expect(await threads.areAccepting()).toBe(true);
    await threads.close();
  });
});
