import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readCpuMs } from './cpu-time.ts';

const BUSY = 'const end = process.cpuUsage().user + 200_000; while (process.cpuUsage().user < end); process.send("worked")';

it.skipIf(!existsSync('/proc/self/task'))('counts what a process and those below it worked, and nothing of others', async () => {
  const child = spawn(process.execPath, ['-e', `${BUSY}; setInterval(() => {}, 1000)`], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const idle = spawn(process.execPath, ['-e', 'process.send("ready"); setInterval(() => {}, 1000)'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    const before = readCpuMs([process.pid]) ?? Number.NaN;
    await Promise.all([once(child, 'message'), once(idle, 'message')]);
    const own = readCpuMs([child.pid ?? 0]) ?? Number.NaN;
    expect(own).toBeGreaterThanOrEqual(200);
    expect((readCpuMs([process.pid]) ?? Number.NaN) - before).toBeGreaterThanOrEqual(200);
    expect(readCpuMs([idle.pid ?? 0])).toBeLessThan(own);
  } finally {
    child.kill();
    idle.kill();
  }
});
