import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const ROOT = path.resolve(import.meta.dirname, '..');

/** An empty folder into which the packed guard was installed, and nothing else. */
let project: string;
beforeAll(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'latchkey-installed-'));
  const { stdout } = await run(process.execPath, [path.join(ROOT, 'scripts/pack-guard.mjs'), project]);
  await writeFile(path.join(project, 'package.json'), '{ "type": "module" }');
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', stdout.trim()], { cwd: project });
}, 120_000);
afterAll(() => rm(project, { recursive: true, force: true }));

describe('the guard, packed and installed into an empty folder', () => {
  it('brings the rules and bcryptjs, and nothing else: no ORM, no database', async () => {
    const { stdout } = await run('npm', ['ls', '--all', '--parseable', '--long'], { cwd: project });
    const names = stdout.split('\n').flatMap((line) => /:((?:@[\w-]+\/)?[\w-]+)@\d/.exec(line)?.[1] ?? []);
    expect(names.toSorted()).toEqual(['@latchkey/bearer-auth', '@latchkey/core', 'bcryptjs']);
  });

  it('has typings and code for every entry point, and no tests', async () => {
    const directory = path.join(project, 'node_modules/@latchkey/bearer-auth');
    const { exports: entries } = JSON.parse(await readFile(path.join(directory, 'package.json'), 'utf8')) as {
      exports: Record<string, { types: string; default: string }>;
    };
    expect(Object.keys(entries)).toEqual(
      expect.arrayContaining(['.', './node', './express', './fastify', './hono', './fetch', './valkey']),
    );
    for (const { types, default: code } of Object.values(entries)) {
      expect(await readFile(path.join(directory, types), 'utf8')).toMatch(/export/);
      expect(await readFile(path.join(directory, code), 'utf8')).toMatch(/export/);
    }
    const files = await readdir(directory, { recursive: true });
    expect(files.filter((file) => /\.test\.|testing/.test(file) && !file.includes('bcryptjs'))).toEqual([]);
  });

  it('type-checks the example as the strictest of users would, with what is said of each export', async () => {
    await copyExample();
    const options = [
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'esnext',
      '--noEmit',
      '--allowImportingTsExtensions',
      '--skipLibCheck',
    ];
    const types = ['--types', 'node', '--typeRoots', path.join(ROOT, 'node_modules/@types')];
    const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
    await run(process.execPath, [tsc, ...options, ...types, 'node.ts'], { cwd: project });
    const typings = await readFile(path.join(project, 'node_modules/@latchkey/bearer-auth/dist/guard.d.ts'), 'utf8');
    expect(typings).toContain('The verdict on a request, in the order of contract');
  });

  it('runs the example', { timeout: 60_000 }, async () => {
    await copyExample();
    const child = spawn(process.execPath, ['node.ts'], { cwd: project, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    while (!said.includes('Writes:')) await once(child.stdout, 'data');
    const url = /Listening: (\S+)/.exec(said)?.[1];
    const token = /Bearer (\S+)'/.exec(said)?.[1];
    const answer = await fetch(`${url}/api/products`, { headers: { authorization: `Bearer ${token}` } });
    expect([answer.status, await answer.json()]).toEqual([200, { products: [], for: 'Reader' }]);
    child.kill('SIGTERM');
    await once(child, 'close');
    expect(said).toContain('Recorded: 1');
  });

  async function copyExample(): Promise<void> {
    for (const file of ['node.ts', 'parts.ts']) await copyFile(path.join(ROOT, 'docs/examples/guard', file), path.join(project, file));
  }
});
