import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadSecrets } from './load-secrets.ts';

const NOTHING = { tokenSecrets: null, authSecret: null };
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'latchkey-secrets-'));
});

afterEach(() => rm(directory, { recursive: true }));

test('generated ones are long, different, private and the same the next time', async () => {
  const first = await loadSecrets(directory, NOTHING);
  expect(first.tokenSecrets[0]).toMatch(/^[\w-]{43}$/);
  expect(first.authSecret).not.toBe(first.tokenSecrets[0]);
  expect((await stat(path.join(directory, 'token-secret'))).mode & 0o777).toBe(0o600);
  expect(await readdir(directory)).toEqual(['auth-secret', 'token-secret']);
  expect(await loadSecrets(directory, NOTHING)).toEqual(first);
});

test('given ones are used as they are, and nothing is written', async () => {
  const given = { tokenSecrets: ['new', 'old'], authSecret: 'auth' };
  expect(await loadSecrets(directory, given)).toEqual(given);
  expect(await readdir(directory)).toEqual([]);
});

test('a file that became readable for others is closed again', async () => {
  await loadSecrets(directory, NOTHING);
  await chmod(path.join(directory, 'token-secret'), 0o644);
  await loadSecrets(directory, NOTHING);
  expect((await stat(path.join(directory, 'token-secret'))).mode & 0o777).toBe(0o600);
});

describe('the start stops, and the file stays as it is', () => {
  test.each(['', '\n', 'short\n', `${'x'.repeat(43)}`, `${'x'.repeat(43)}\n\n`, `${'x'.repeat(42)}\0\n`])(
    'when it holds %j',
    async (text) => {
      const file = path.join(directory, 'token-secret');
      await writeFile(file, text);
      await expect(loadSecrets(directory, NOTHING)).rejects.toThrow(
        /token-secret is damaged\. Put it back from a backup, or set LATCHKEY_TOKEN_SECRET/,
      );
      expect(await readFile(file, 'utf8')).toBe(text);
    },
  );

  test('when it is missing beside a database that needs it', async () => {
    await mkdir(path.join(directory, 'postgres'));
    await expect(loadSecrets(directory, NOTHING)).rejects.toThrow(/token-secret is missing/);
    expect(await readdir(directory)).toEqual(['postgres']);
  });
});
