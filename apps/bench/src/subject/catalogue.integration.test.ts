import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHelpers } from '../helper/start-helpers.ts';
import type { Cores } from '../process/cores.ts';
import { ANSWER } from './answer.ts';
import { SUBJECTS } from './catalogue.ts';
import { type StartedSubject, startSubject } from './start-subject.ts';
import type { SubjectContext } from './subject.ts';

const LIMIT = 3;
const ANYWHERE: Cores = { server: null, others: null, description: '' };
const closing = new AsyncDisposableStack();
let context: SubjectContext;

beforeAll(async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-bench-test-'));
  closing.defer(() => rm(directory, { recursive: true, force: true }));
  const { upstreamPort, postgresUrl } = await startHelpers(new Set(['upstream', 'postgres']), ANYWHERE, directory, closing);
  context = { directory, tokenCount: 2, limit: LIMIT, upstreamPort, postgresUrl };
}, 120_000);
afterAll(() => closing.disposeAsync(), 60_000);

function request({ port, path: target }: StartedSubject, credential?: string): Promise<Response> {
  const [name = '', value = ''] = credential?.split(': ') ?? [];
  return fetch(`http://127.0.0.1:${port}${target}`, { headers: credential === undefined ? {} : { [name]: value } });
}

describe.each(SUBJECTS.map((subject) => [subject.name, subject] as const))('%s', (_name, subject) => {
  it('answers, and where it protects refuses a wrong key, none, and one request too many of one key alone', async ({ skip }) => {
    const server = await startSubject(subject, ANYWHERE, context);
    if ('unavailable' in server) return skip(server.unavailable);
    try {
      const [first, second] = server.credentials;
      const answer = await request(server, first);
      expect([answer.status, await answer.text()]).toEqual([200, ANSWER]);
      if (subject.group === 'bare') return;
      expect(first).toMatch(/^Authorization: Bearer /);
      const wrong = `${first?.slice(0, -1)}${first?.endsWith('a') ? 'b' : 'a'}`;
      expect((await request(server, wrong)).status).toBe(401);
      expect((await request(server)).status).toBe(401);
      const statuses: number[] = [];
      while (statuses.length < LIMIT) statuses.push((await request(server, first)).status);
      expect(statuses).toEqual([200, 200, 429]);
      expect((await request(server, second)).status).toBe(200);
    } finally {
      await server.stop();
    }
  }, 120_000);
});
