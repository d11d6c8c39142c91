import { expect, it } from 'vitest';
import { runSecretGrep } from './run-secret-grep.ts';

it('no text of a token is in what the server said, sent and stored', { timeout: 180_000 }, async () => {
  const { secrets, statuses, seen, bytes, leaks } = await runSecretGrep(12);
  expect(leaks).toEqual([]);
  expect(secrets).toBe(12 * 3 + 3);
  // The search sees what is there.
  expect(seen).toEqual({ files: 12, WAL: 12, tables: 12 });
  expect(bytes.output).toBeGreaterThan(0);
  expect(bytes.traces).toBeGreaterThan(0);
  expect(statuses).toMatchObject({
    'good: bearer 200': 12,
    'good: query 401': 12,
    'good: two lines 400': 12,
    'good: broken 400': 12,
    'good: introspection 200': 12,
    'good: forward-auth 200': 12,
    'good: about itself 200': 12,
    'wrong end: bearer 401': 12,
    'unknown: bearer 401': 12,
    'rotated: bearer 200': 3,
    'revoked: bearer 401': 6,
    'disabled: bearer 401': 3,
    'revocation by text 200': 3,
  });
});
