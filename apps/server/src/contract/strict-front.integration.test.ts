import { sendBytes } from '@latchkey/bearer-auth/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BROKEN_REQUESTS, type BrokenRequest, withPath } from '../http/testing/broken-requests.ts';
import { openSceneWithDatabase, type Scene } from './testing/open-scene.ts';

let scene: Scene;
let token: string;
let id: number;
beforeAll(async () => {
  scene = await openSceneWithDatabase();
  ({ token, id } = await scene.createToken({ name: 'strict', rate_limit: 100_000 }));
  expect((await scene.call(token)).status).toBe(200);
});
afterAll(() => scene.close());

const REFUSED = /^HTTP\/1\.1 (?:400|431) [^\r]+\r\n(?:[^\r]+\r\n)*Connection: close\r\n.*"code":"(?:INVALID_REQUEST|HEADERS_TOO_LARGE)"/s;

/** What was refused in the wrong way, with what was answered. */
async function misjudged(path: string, requests: readonly BrokenRequest[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const broken of requests) {
    const received = await sendBytes(scene.url, withPath(broken, path, token));
    const isOnlyAnswer = received.match(/HTTP\/1\.1 \d{3} /g)?.length === 1;
    const isRefused = REFUSED.test(received) && received.startsWith(`HTTP/1.1 ${broken.status}`);
    if (!isOnlyAnswer || !isRefused) wrong.push(`${broken.name}: ${received}`);
  }
  return wrong;
}

it.each(['/api/products', '/api/api-tokens', '/api/auth/get-session', '/trpc/admin.me', '/auth/verify', '/api/_token', '/healthz', '/'])(
  'at %s whatever is no plain request is refused, and its connection ended',
  async (path) => {
    const heads = BROKEN_REQUESTS.filter(({ isInBody }) => !isInBody);
    expect(heads.length).toBeGreaterThan(70);
    expect(await misjudged(path, heads)).toEqual([]);
  },
);

it.each(['/api/products', '/api/api-tokens'])('at %s a body that goes wrong is refused', async (path) => {
  const bodies = BROKEN_REQUESTS.filter(({ isInBody }) => isInBody);
  expect(bodies).toHaveLength(10);
  expect(await misjudged(path, bodies)).toEqual([]);
});

it('nothing of a refused head is on record: one good request, and the bodies that the client spoilt', async () => {
  await expect
    .poll(async () => (await scene.rest('GET', `/api/api-tokens/${id}/usage`)).body, { timeout: 5_000 })
    .toMatchObject({ recent_requests: [...Array(10).fill({ status_code: 499 }), { status_code: 200 }] });
});

it('a connection may wait 30 s for its next request', async () => {
  const received = await sendBytes(scene.url, 'GET /healthz HTTP/1.1\r\nHost: a.test\r\n\r\nnonsense\r\n\r\n');
  expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n.*Keep-Alive: timeout=30\r\n.*HTTP\/1\.1 400 /s);
});
