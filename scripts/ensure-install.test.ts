import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

// Starting processes takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

let root: string;

// Stands in for npm, which would need a network: writes down how it was called and puts a Node and a Vite there. This Vite writes down
// how it was called, and builds.
const NPM = `
  import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from 'node:fs';
  appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n');
  mkdirSync('node_modules/.bin', { recursive: true });
  writeFileSync('node_modules/.bin/node', '#!/bin/sh\\nexec "${process.execPath}" "$@"\\n');
  chmodSync('node_modules/.bin/node', 0o755);
  mkdirSync('node_modules/vite/bin', { recursive: true });
  writeFileSync('node_modules/vite/bin/vite.js', \`
    const fs = require('node:fs');
    fs.appendFileSync('vite-calls', process.argv.slice(2).join(' ') + '\\\\n');
    fs.mkdirSync('apps/console/dist', { recursive: true });
  \`);
`;
const NPM_CALL = 'ci --include=dev --include=optional --no-audit --no-fund --loglevel=error';

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'latchkey-install-'));
  mkdirSync(path.join(root, 'scripts'));
  cpSync(path.join(import.meta.dirname, 'ensure-install.mjs'), path.join(root, 'scripts/ensure-install.mjs'));
  write('npm.mjs', NPM);
  write('package-lock.json', lockFile('1.0.0'));
  write('apps/console/src/main.tsx', 'one');
});

afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

function lockFile(version: string): string {
  const packages = { '': {}, 'node_modules/one': { version }, 'node_modules/other-platform': { version: '1.0.0', optional: true } };
  return JSON.stringify({ packages });
}

function calls(of: 'npm' | 'vite'): string[] {
  const file = path.join(root, `${of}-calls`);
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

async function ensure(...parameters: string[]) {
  const { said, ended } = start(...parameters);
  const status = await ended;
  return { status, said: said() };
}

function start(...parameters: string[]) {
  const child = spawn(process.execPath, [path.join(root, 'scripts/ensure-install.mjs'), ...parameters], {
    cwd: root,
    env: { PATH: '/usr/bin:/bin', NODE_ENV: 'production', npm_execpath: path.join(root, 'npm.mjs') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  return { said: () => said, ended: once(child, 'close').then(([status]) => status as number | null) };
}

describe('packages', () => {
  test('are installed once, with what builds the console, and again after the lock file changed', async () => {
    expect(await ensure()).toMatchObject({ status: 0 });
    expect(await ensure()).toEqual({ status: 0, said: '' });
    expect(calls('npm')).toEqual([NPM_CALL]);
    write('package-lock.json', lockFile('2.0.0'));
    await ensure();
    expect(calls('npm')).toEqual([NPM_CALL, NPM_CALL]);
  });

  test('are left alone where somebody has installed these very versions', async () => {
    await ensure();
    rmSync(path.join(root, 'node_modules/.latchkey-install'));
    write('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/one': { version: '1.0.0' } } }));
    expect(await ensure()).toEqual({ status: 0, said: '' });
    expect(calls('npm')).toHaveLength(1);
  });

  test('are installed where somebody has installed another version', async () => {
    write('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/one': { version: '0.9.0' } } }));
    await ensure();
    expect(calls('npm')).toHaveLength(1);
  });

  test('are installed by one of several starters at the same moment', async () => {
    const results = await Promise.all([ensure(), ensure(), ensure()]);
    expect(results.map(({ status }) => status)).toEqual([0, 0, 0]);
    expect(calls('npm')).toHaveLength(1);
  });

  test('are installed although an earlier installation was killed', async () => {
    const gone = spawn(process.execPath, ['-e', '']);
    await once(gone, 'close');
    write('.latchkey-install.lock', String(gone.pid));
    const results = await Promise.all([ensure(), ensure(), ensure(), ensure()]);
    expect(results.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
    expect(calls('npm')).toHaveLength(1);
    expect(existsSync(path.join(root, '.latchkey-install.lock'))).toBe(false);
  });

  test('whoever waits is told what to delete, should nobody install', async () => {
    write('.latchkey-install.lock', String(process.pid));
    const waiting = start();
    await expect.poll(waiting.said).toMatch(/^Waiting for another installation .+\.latchkey-install\.lock and .+\.removal/);
    rmSync(path.join(root, '.latchkey-install.lock'));
    expect(await waiting.ended).toBe(0);
  });

  test('a failed installation is said, and tried again the next time', async () => {
    write('npm.mjs', 'process.exit(7)');
    expect(await ensure()).toMatchObject({ status: 1, said: expect.stringContaining('ended with 7') });
    write('npm.mjs', NPM);
    expect(await ensure()).toMatchObject({ status: 0 });
  });
});

test('a Node that is too old is refused with what to do', async () => {
  await ensure();
  write('node_modules/.bin/node', '#!/bin/sh\necho v20.20.2\n');
  chmodSync(path.join(root, 'node_modules/.bin/node'), 0o755);
  const { status, said } = await ensure();
  expect(status).toBe(1);
  expect(said).toMatch(/^Latchkey needs Node\.js 26 or newer.+Node\.js 20\.20\.2\)\. Install Node\.js 26/);
});

describe('the console', () => {
  const BUILD = 'build apps/console --logLevel=warn';

  test('is built where it is missing or its sources changed, and only then', async () => {
    await ensure('--build');
    await ensure('--build');
    expect(calls('vite')).toEqual([BUILD]);
    write('apps/console/src/main.tsx', 'two');
    await ensure('--build');
    write('packages/api/src/schemas/token.ts', 'new');
    await ensure('--build');
    expect(calls('vite')).toEqual([BUILD, BUILD, BUILD]);
  });

  test('is not built again because of a test', async () => {
    await ensure('--build');
    write('apps/console/src/main.test.tsx', 'test');
    await ensure('--build');
    expect(calls('vite')).toEqual([BUILD]);
  });

  test('is built when asked for, and never without', async () => {
    await ensure();
    expect(calls('vite')).toEqual([]);
    await ensure('--build');
    await ensure('--build=force');
    expect(calls('vite')).toEqual([BUILD, BUILD]);
  });
});
