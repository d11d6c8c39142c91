import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readThreadCpu } from './thread-cpu-time.ts';

const isLinux = existsSync('/proc/self/task');

it.skipIf(!isLinux)('tells the time of the first thread from that of all', () => {
  const end = process.cpuUsage().user + 50_000;
  while (process.cpuUsage().user < end);
  const cpu = readThreadCpu(process.pid);
  expect(cpu?.mainMs).toBeGreaterThan(0);
  expect(cpu?.allMs).toBeGreaterThan(cpu?.mainMs ?? 0);
});

it('has nothing to say of a process that is not there', () => {
  expect(readThreadCpu(2 ** 22 + 1)).toBeNull();
});
