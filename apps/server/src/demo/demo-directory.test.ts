import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { renewDemoDirectory } from './demo-directory.ts';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'latchkey-demo-'));
});
afterEach(() => rm(parent, { recursive: true }));

it('makes the directory, and empties it the next time', async () => {
  const directory = path.join(parent, 'demo');
  await renewDemoDirectory(directory);
  await writeFile(path.join(directory, 'left over'), 'x');
  await renewDemoDirectory(directory);
  expect(await readdir(directory)).toEqual(['this-is-a-demo']);
});

it('deletes nothing in a directory that no demo has made', async () => {
  const directory = path.join(parent, 'real');
  await mkdir(directory);
  await writeFile(path.join(directory, 'precious'), 'x');
  await expect(renewDemoDirectory(directory)).rejects.toThrow('no demo has made');
  expect(await readdir(directory)).toEqual(['precious']);
});
