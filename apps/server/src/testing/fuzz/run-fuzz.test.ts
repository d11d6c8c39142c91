import { aGuardScene } from '@latchkey/bearer-auth/testing';
import { createTokenText } from '@latchkey/core';
import { expect, it } from 'vitest';
import { faultOf, runFuzz } from './run-fuzz.ts';

it.each([
  ['5xx', { status: 502, head: '', isWhole: true }],
  ['401 without a challenge', { status: 401, head: '\r\nX: y', isWhole: true }],
  ['admitted', { status: 200, head: '', isWhole: true }],
  ['half an answer', { status: 400, head: '', isWhole: false }],
  ['no answer of HTTP/1.1', { status: -1, head: 'HTTP/1.0 200 OK\r\n', isWhole: true }],
  [null, { status: 0, head: '', isWhole: true }],
])('%s is found', (fault, answer) => {
  expect(faultOf(answer, false)).toBe(fault);
});

it('12,000 malformed credentials and 3,000 broken requests: no 5xx, a challenge on each 401, nobody is asked, nobody else gets in', async () => {
  const report = await runFuzz({ credentials: 12_000, requests: 3_000, connections: 32, seed: 20_260_115 });
  expect(report.wrong).toEqual([]);
  expect(report).toMatchObject({ asked: 15_000, lookups: 0, isAlive: true });
  expect(report.statuses[401]).toBeGreaterThan(10_000);
  expect(report.statuses[400]).toBeGreaterThan(500);
  expect(report.statuses[200]).toBeGreaterThan(100);
}, 120_000);

it('what is remembered of texts that nobody issued is bounded: 10,000 of them, and 1,000 sums of attempts', async () => {
  const { guard, tokens, usage } = aGuardScene();
  const texts = Array.from({ length: 10_001 }, () => createTokenText('lk_live_'));
  const check = (text: string) =>
    guard.check({ method: 'GET', target: '/products', rawHeaders: ['Authorization', `Bearer ${text}`], ip: '192.0.2.1', requestId: 'x' });
  for (const text of texts) expect(await check(text)).toMatchObject({ reason: 'unknown' });
  expect(tokens.lookups).toBe(10_001);
  await check(texts.at(-1) ?? '');
  expect(tokens.lookups).toBe(10_001);
  await check(texts[0] ?? '');
  expect(tokens.lookups).toBe(10_002);
  expect(guard.cachedTokens).toBe(0);
  await guard.close();
  expect(usage.unknown.reduce((total, { count }) => total + count, 0)).toBe(10_003);
  // One for each of the few seconds that it took.
  expect(usage.unknown.length).toBeLessThan(5 * 1_001);
  expect(new Set(usage.unknown.filter(({ ip }) => ip === null).map(({ fingerprint }) => fingerprint))).toEqual(
    new Set(['0000000000000000']),
  );
}, 60_000);
