import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createNeedleFinder, findInFiles } from './find-needles.ts';

const NEEDLES = ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8', 'zYxWvUtSrQpOnMlKjIhGfEdCbA9876543210'];

it('finds a text among bytes and letters, also half of it, and nothing else', () => {
  const finder = createNeedleFinder(NEEDLES);
  expect(finder.find(`\0\xfflk_live_xx${NEEDLES[0]}yy\0`)).toEqual([NEEDLES[0]]);
  expect(finder.find(`end ${NEEDLES[1]?.slice(-22)} begin ${NEEDLES[0]?.slice(0, 21)}`).toSorted()).toEqual(NEEDLES.toSorted());
  expect(finder.find(`${NEEDLES[0]?.slice(0, 19)} ${NEEDLES[1]?.slice(5, 24)}${'q'.repeat(100)}`)).toEqual([]);
});

it('finds it in files below a directory', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-needles-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(path.join(directory, 'a.bin'), Buffer.from(`\x00${NEEDLES[1]}\x01`, 'latin1'));
  await writeFile(path.join(directory, 'b.bin'), 'nothing');
  expect(await findInFiles(directory, createNeedleFinder(NEEDLES))).toEqual(new Map([['a.bin', [NEEDLES[1]]]]));
});
