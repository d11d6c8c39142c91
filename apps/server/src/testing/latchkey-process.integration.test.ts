import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTokenText } from '@latchkey/core';
import { createTestDatabase } from '@latchkey/database/testing';
import { expect, onTestFinished, test } from 'vitest';
import { startLatchkeyProcess } from './latchkey-process.ts';

test('logs from debug on, and does not stop well when the text of a token is in its data directory', async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'latchkey-planted-'));
  onTestFinished(() => rm(dataDirectory, { recursive: true }));
  const server = await startLatchkeyProcess({ PORT: '0', LATCHKEY_DATA_DIR: dataDirectory, DATABASE_URL: database.url });
  await fetch(new URL('/trpc/admin.me', server.url));
  await expect.poll(server.said).toContain('"level":20');
  const planted = path.join(dataDirectory, 'spool/planted');
  await mkdir(planted, { recursive: true });
  await writeFile(path.join(planted, 'file'), `\0${createTokenText('pk_live_')}\0`);
  await expect(server.stop()).rejects.toThrow('Texts of valid tokens are in the data directory of a server: spool/planted/file (1)');
  expect(server.child.exitCode).toBe(0);
});
