import { readdirSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readCpuMs } from './process/cpu-time.ts';
import { renderMarkdown } from './report/render-markdown.ts';
import { type RunBenchOptions, runBench } from './run-bench.ts';

const OPTIONS: RunBenchOptions = {
  subjects: ['guard-node', 'fastify-bearer-auth'],
  rounds: 2,
  seconds: 0.2,
  warmUpSeconds: 0.2,
  connections: 8,
  tokens: 20,
  latencyRounds: 1,
  latencySubjects: ['guard-node'],
  onProgress: () => {},
  stop: new AbortController().signal,
};

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'latchkey-bench-test-'));
  // A place of its own, where nobody else leaves anything.
  vi.stubEnv('TMPDIR', directory);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true });
});

describe('a run', () => {
  it('measures real servers, each beside the bare one, and leaves nothing behind', async () => {
    const used = new Set<string>();
    const report = await runBench({ ...OPTIONS, onProgress: () => readdirSync(directory).forEach((name) => void used.add(name)) });
    expect(used.size).toBe(1);
    expect(report.rows.map(({ subject }) => subject.name)).toEqual(['bare-node', 'guard-node', 'fastify-bearer-auth']);
    for (const row of report.rows) {
      if ('unavailable' in row) throw new Error(`${row.subject.name}: ${row.unavailable}`);
      const { requestsPerSecond, throughputRatio, cpuRatio } = row.summary;
      expect(requestsPerSecond?.min).toBeGreaterThan(0);
      expect(throughputRatio?.median).toBeGreaterThan(0);
      if (readCpuMs([process.pid]) !== null) expect(cpuRatio?.median).toBeGreaterThan(0);
    }
    const markdown = renderMarkdown(report);
    expect(markdown).toContain('| **Latchkey** on node:http |');
    expect(markdown).toContain('p99 over bare at that rate');
    expect(await readdir(directory)).toEqual([]);
  }, 60_000);

  it('ends early when it is told to, and leaves nothing behind either', async () => {
    const stop = new AbortController();
    const onProgress = (text: string): void => {
      if (text.startsWith('round 1')) stop.abort();
    };
    await expect(runBench({ ...OPTIONS, rounds: 1_000, stop: stop.signal, onProgress })).rejects.toThrow('aborted');
    await expect.poll(() => readdir(directory), { timeout: 20_000 }).toEqual([]);
  }, 60_000);
});
