import { createTestDatabase } from '@latchkey/database/testing';
import { expect, it } from 'vitest';
import { rotateTokenSecret } from './rotate-token-secret.ts';

it('the token secret is rotated over two servers under load without one false 401', { timeout: 180_000 }, async () => {
  const database = await createTestDatabase();
  const options = { databaseUrl: database.url, tokens: 20, perSecond: 50, secondsPerStep: 1 };
  const { sent, statuses, unanswered, leftUnderOld } = await rotateTokenSecret(options);
  await database.drop();
  expect({ statuses, unanswered, leftUnderOld }).toEqual({ statuses: { 200: sent }, unanswered: 0, leftUnderOld: 0 });
  expect(sent).toBeGreaterThan(100);
});
