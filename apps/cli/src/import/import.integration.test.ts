import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CliScene, openCliScene } from '../testing/open-cli-scene.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let scene: CliScene;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'latchkey-import-'));
  scene = await openCliScene();
  await scene.signIn();
});
afterAll(async () => {
  await scene?.close();
  await rm(directory, { recursive: true, force: true });
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const call = async (secret: string) =>
  (await fetch(`${scene.url}/api/products`, { headers: { authorization: `Bearer ${secret}` } })).status;
const total = async () => (await scene.json(['tokens', 'list'])).total;

async function fileOf(name: string, text: string): Promise<string> {
  const file = path.join(directory, name);
  await writeFile(file, text);
  return file;
}

describe('tokens import', () => {
  it('takes hashes over from a CSV file: the old texts go on working, and a second time nothing is doubled', async () => {
    const [one, two] = ['old-system-token-one-1111', 'old-system-token-two-2222'];
    const text = `name,hash,last_characters,scopes\n"first, imported",${sha256(one)},1111,read write\nsecond,${sha256(two)},2222,\n`;
    const file = await fileOf('hashes.csv', text);
    const run = await scene.run(['tokens', 'import', file]);
    expect(run).toMatchObject({ code: 0, stderr: '2 imported, 0 here already, 0 failed.\n' });
    expect(run.stdout).toMatch(/^2\timported\t\d+\tfirst, imported\t.*\n3\timported\t\d+\tsecond\t/);
    expect([await call(one), await call(two)]).toEqual([200, 200]);
    expect((await scene.json(['tokens', 'show', 'first, imported'])).token).toMatchObject({ scopes: ['read', 'write'], last4: '1111' });
    expect((await scene.run(['tokens', 'import', file])).stderr).toBe('0 imported, 2 here already, 0 failed.\n');
  });

  it('--dry-run reports the same and changes nothing', async () => {
    const before = await total();
    const secret = 'old-system-token-dry-3333';
    const file = await fileOf('dry.csv', `name,hash\ndry,${sha256(secret)}\nbad,not-a-hash\n`);
    const run = await scene.run(['tokens', 'import', file, '--dry-run']);
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/^2\timported\t\tdry\t.*\n3\tfailed\t\tbad\t.*hash/);
    expect(run.stderr).toContain('Nothing was changed');
    expect(await total()).toBe(before);
    expect(await call(secret)).toBe(401);
  });

  it('imports the good rows beside the bad ones, reports each by its line, and ends with 1', async () => {
    const secret = 'old-system-token-good-4444';
    const file = await fileOf('mixed.jsonl', `{"name":"good","token":"${secret}"}\n\n{"name":"neither hash nor token"}\n`);
    const run = await scene.run(['tokens', 'import', file, '--json']);
    expect(run.code).toBe(1);
    expect(JSON.parse(run.stdout)).toMatchObject({
      dry_run: false,
      imported: 1,
      failed: 1,
      rows: [
        { line: 1, status: 'imported', id: expect.any(Number) },
        { line: 3, status: 'failed', id: null, message: expect.stringContaining('hash') },
      ],
    });
    expect(run.stdout + run.stderr).not.toContain(secret);
    expect(await call(secret)).toBe(200);
  });

  it('reads standard input, and more rows than one call can carry', async () => {
    const before = Number(await total());
    const rows = Array.from({ length: 1_100 }, (_, index) => `bulk ${index},${sha256(`bulk token ${index}`)}`);
    const run = await scene.run(['tokens', 'import', '-', '--format', 'csv'], { input: `name,hash\n${rows.join('\n')}\n` });
    expect(run).toMatchObject({ code: 0, stderr: '1100 imported, 0 here already, 0 failed.\n' });
    expect(await total()).toBe(before + 1_100);
  });

  it.each([
    ['a file that is not there', ['/nonexistent.csv'], ''],
    ['a header that is not known', ['-'], 'name,hsah\nx,y\n'],
    ['rows of different lengths', ['-'], 'name,hash\nx\n'],
    ['nothing', ['-'], ''],
    ['the JWT and the rows on one input', ['-', '--jwt-stdin'], 'name,hash\nx,y\n'],
  ])('ends with 2 and changes nothing for %s', async (_case, args, input) => {
    const before = await total();
    expect(await scene.run(['tokens', 'import', ...args], { input })).toMatchObject({ code: 2, stdout: '' });
    expect(await total()).toBe(before);
  });
});
