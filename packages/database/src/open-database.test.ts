import { expect, test } from 'vitest';
import { refuseOldVersion } from './open-database.ts';

const url = 'postgresql://latchkey:hunter2@db.example:6432/tokens';

test.each([150_000, 150_004, 180_001])('version %i is taken', (version) => {
  expect(() => refuseOldVersion(version, url)).not.toThrow();
});

test.each([
  [140_017, 14],
  [90_624, 9],
])('version %i is refused with a sentence', (version, major) => {
  const message = `PostgreSQL at db.example:6432/tokens is version ${major}; Latchkey needs 15 or newer.`;
  expect(() => refuseOldVersion(version, url)).toThrow(expect.objectContaining({ code: 'DATABASE_TOO_OLD', message }));
});
