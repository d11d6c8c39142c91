import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { UsageRecord } from '@latchkey/core';
import { expect, test } from 'vitest';
import { openSpool } from './spool.ts';
import { createSpoolReader } from './spool-reader.ts';
import { createMemoryStore } from './testing/memory-store.ts';
import { temporaryDirectory } from './testing/spool-fixture.ts';

const APPENDER = fileURLToPath(new URL('./testing/append-until-killed.ts', import.meta.url));

/** Numbers of the records the child called durable before it was killed with SIGKILL, after at least `count` of them. */
async function appendAndKill(directory: string, from: number, count: number): Promise<number[]> {
  const child = spawn(process.execPath, [APPENDER, directory, String(from)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.length > count * 6) child.kill('SIGKILL');
  });
  await once(child, 'close');
  expect(child.signalCode).toBe('SIGKILL');
  // The last line may be cut by the kill.
  return output.split('\n').slice(0, -1).map(Number);
}

test('kill -9 while appending: every record that was called durable is stored exactly once', { timeout: 60_000 }, async () => {
  const directory = temporaryDirectory();
  const store = createMemoryStore();
  const promised: number[] = [];
  for (let life = 0; life < 4; life += 1) {
    promised.push(...(await appendAndKill(directory, life * 1_000_000, 200 + 700 * life)));
    if (life % 2 === 0) continue;
    const spool = openSpool({ directory });
    const reader = createSpoolReader({ spool, store, now: Date.now });
    await reader.flush();
    await reader.close();
    await spool.close();
  }
  const stored = store.records.map((record) => (record as UsageRecord).at - 1_790_000_000_000);
  expect(promised.length).toBeGreaterThan(2_000);
  expect(new Set(stored).size).toBe(stored.length);
  expect(stored).toEqual([...stored].sort((a, b) => a - b));
  const storedSet = new Set(stored);
  expect(promised.filter((number) => !storedSet.has(number))).toEqual([]);
});
