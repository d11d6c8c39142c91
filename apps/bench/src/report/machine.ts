import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

const BUSY_SHARE = 0.1;

/** What the figures were taken on, in words. */
export function describeMachine(): string {
  const models = [...new Set(cpus().map(({ model }) => model.trim()))].join(', ');
  const gib = (totalmem() / 1024 ** 3).toFixed(0);
  return `${cpus().length} × ${models}, ${gib} GiB, ${platform()} ${release()} ${arch()}, Node ${process.versions.node}`;
}

/** Processes that wanted a processor over the last minute. */
export function describeLoad(): string {
  return loadAverage().toFixed(2);
}

/** Whether something else keeps the processors busy, looked at for a second. To be asked before the benchmark does. */
export async function isBusy(): Promise<boolean> {
  const before = readTimes();
  await delay(1_000);
  const after = readTimes();
  return 1 - (after.idle - before.idle) / (after.all - before.all) > BUSY_SHARE;
}

function readTimes(): { idle: number; all: number } {
  const times = cpus().map((cpu) => cpu.times);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return { idle: sum(times.map(({ idle }) => idle)), all: sum(times.flatMap((each) => Object.values(each))) };
}

function loadAverage(): number {
  return loadavg()[0] ?? 0;
}
