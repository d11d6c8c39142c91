import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import { yieldToRequests } from './yield-to-requests.ts';

const hasGroups = existsSync('/proc/self/autogroup');
const readGroup = (pid: number) => readFileSync(`/proc/${pid}/autogroup`, 'latin1').trim();

async function startSleeper(detached: boolean): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)'], { detached, stdio: 'ignore' });
  onTestFinished(() => void child.kill());
  await once(child, 'spawn');
  return child.pid ?? 0;
}

describe.runIf(process.platform === 'linux')('a process that requests go before', () => {
  test('has a lower priority, and so has its session where it is one of its own', async () => {
    const pid = await startSleeper(true);
    yieldToRequests(pid);
    expect(getPriority(pid)).toBe(5);
    if (hasGroups) expect(readGroup(pid)).toMatch(/ nice 5$/);
  });

  test('takes nothing from a session that it shares with this process', async () => {
    const before = hasGroups && readGroup(process.pid);
    const pid = await startSleeper(false);
    yieldToRequests(pid);
    expect(getPriority(pid)).toBe(5);
    expect(hasGroups && readGroup(process.pid)).toBe(before);
  });

  test('may have ended by then', () => expect(() => yieldToRequests(2 ** 22 - 1)).not.toThrow());
});
