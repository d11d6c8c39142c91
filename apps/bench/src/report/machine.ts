import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';

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

/** Whether something else keeps more than a quarter of a processor busy. To be asked before the benchmark does. */
export function isBusy(): boolean {
  return loadAverage() > 0.25;
}

function loadAverage(): number {
  return loadavg()[0] ?? 0;
}
