import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** What the figures were taken on, in words. */
export function describeMachine(): string {
  const models = [...new Set(cpus().map(({ model }) => model.trim()))].join(', ');
  const gib = (totalmem() / 1024 ** 3).toFixed(0);
  return `${cpus().length} × ${models}, ${gib} GiB, ${platform()} ${release()} ${arch()}, Node ${process.versions.node}`;
}

/** Processes that wanted a processor over the last minute, the benchmark included. */
export function describeLoad(): string {
  return loadavg()[0]?.toFixed(2) ?? 'unknown';
}
