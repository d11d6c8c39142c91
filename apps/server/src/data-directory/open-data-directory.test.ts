import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openDataDirectory } from './open-data-directory.ts';

// Starting processes takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const isRoot = process.getuid?.() === 0;
let parent: string;
let directory: string;

beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'latchkey-data-'));
  directory = path.join(parent, 'data');
});

afterEach(() => rm(parent, { recursive: true }));

// A process that opens the directory, tells how it went, and stays until it is killed.
const HOLDER = `
  import { openDataDirectory } from ${JSON.stringify(new URL('./open-data-directory.ts', import.meta.url).href)};
  openDataDirectory(process.argv[1]).then(() => console.log('open'), (error) => console.log(error.message));
  setInterval(() => {}, 60_000);
`;

async function startHolder() {
  const child = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [answer] = await once(createInterface({ input: child.stdout }), 'line');
  const kill = async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { pid: child.pid, answer: String(answer), kill };
}

describe('what is made', () => {
  test('a directory, with its parents, that others cannot list', async () => {
    directory = path.join(directory, 'deep/down');
    const opened = await openDataDirectory(directory);
    expect((await stat(directory)).mode & 0o777).toBe(isRoot ? 0o711 : 0o700);
    for (const name of await readdir(directory)) expect((await stat(path.join(directory, name))).mode & 0o777, name).toBe(0o600);
    opened.close();
  });

  test('without the embedded database nobody else passes through it either', async () => {
    (await openDataDirectory(directory)).close();
    (await openDataDirectory(directory, { holdsDatabase: false })).close();
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    (await openDataDirectory(directory)).close();
    expect((await stat(directory)).mode & 0o777).toBe(isRoot ? 0o711 : 0o700);
  });

  test('one that was left open to others is closed', async () => {
    (await openDataDirectory(directory)).close();
    await chmod(directory, 0o755);
    (await openDataDirectory(directory)).close();
    expect((await stat(directory)).mode & 0o777).toBe(isRoot ? 0o711 : 0o700);
  });

  test("somebody's own directory is refused and left as it is", async () => {
    await mkdir(directory);
    await chmod(directory, 0o755);
    await writeFile(path.join(directory, 'thesis.tex'), '');
    await expect(openDataDirectory(directory)).rejects.toThrow(/holds other things and is open to other users/);
    expect((await stat(directory)).mode & 0o777).toBe(0o755);
  });
});

describe('one holder at a time', () => {
  test('the second is told who the first is, and gets in when the first has closed', async () => {
    const opened = await openDataDirectory(directory);
    const second = await startHolder();
    expect(second.answer).toContain(`in use by another Latchkey (process ${process.pid})`);
    await second.kill();
    opened.close();
    const third = await startHolder();
    expect(third.answer).toBe('open');
    await third.kill();
  });

  test('of many at the same moment exactly one wins, and the others name it', async () => {
    const holders = await Promise.all([1, 2, 3, 4, 5].map(startHolder));
    const [winner, ...more] = holders.filter(({ answer }) => answer === 'open');
    expect(more).toEqual([]);
    for (const { answer } of holders.filter((holder) => holder !== winner)) expect(answer).toContain(`(process ${winner?.pid})`);
    await Promise.all(holders.map(({ kill }) => kill()));
  });

  test('a killed holder leaves nothing that must be cleaned up', async () => {
    const holder = await startHolder();
    expect(holder.answer).toBe('open');
    await holder.kill();
    const opened = await openDataDirectory(directory);
    expect(Number(await readFile(path.join(directory, 'pid'), 'utf8'))).toBe(process.pid);
    opened.close();
  });
});

describe('what cannot be used', () => {
  test('a path through a file', async () => {
    await writeFile(directory, '');
    await expect(openDataDirectory(path.join(directory, 'data'))).rejects.toThrow(
      /Cannot write to the data directory .+: part of the path is a file/,
    );
    await expect(openDataDirectory(directory)).rejects.toThrow(/is a file\. Set LATCHKEY_DATA_DIR/);
  });

  test.skipIf(isRoot)('a directory of somebody else (root may write everywhere)', async () => {
    await mkdir(directory);
    await chmod(directory, 0o500);
    await expect(openDataDirectory(path.join(directory, 'data'))).rejects.toThrow(/: permission denied/);
  });

  test('a place where nothing can be made, for root either', async () => {
    await expect(openDataDirectory('/proc/latchkey')).rejects.toThrow(
      /Cannot write to the data directory \/proc\/latchkey: directories cannot be made there/,
    );
  });
});
