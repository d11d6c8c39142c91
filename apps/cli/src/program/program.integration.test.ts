import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { type CliScene, openCliScene } from '../testing/open-cli-scene.ts';
import { BIN, runLatchkey } from '../testing/run-latchkey.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

describe('the command line', () => {
  it('says its version and how it is used', async () => {
    expect(await runLatchkey(['--version'])).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
    const help = await runLatchkey(['--help']);
    expect(help.code).toBe(0);
    for (const word of ['login', 'tokens', 'usage', 'explain', 'doctor', 'check', 'completion', 'Exit codes', 'LATCHKEY_ADMIN_JWT']) {
      expect(help.stdout).toContain(word);
    }
    expect((await runLatchkey(['tokens', 'create', '--help'])).stdout).toContain('--rate-limit');
  });

  it.each([
    ['no command', []],
    ['half a command', ['tokens']],
    ['a command that there is not', ['tokns', 'list']],
    ['an option that there is not', ['whoami', '--colour']],
    ['an argument too much', ['whoami', 'me']],
    ['a token too few', ['tokens', 'show']],
  ])('ends with 2, and says so on standard error alone, for %s', async (_case, args) => {
    const run = await runLatchkey(args);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(/^latchkey: \S/);
  });

  it('proposes what was most likely meant', async () => {
    expect((await runLatchkey(['tokens', 'lst'])).stderr).toContain('Did you mean list?');
  });

  it('ends with 4 and names the server that answers with something else', async () => {
    const server = createServer((_req, res) => res.end('<!doctype html>')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const env = { XDG_CONFIG_HOME: '/nonexistent', LATCHKEY_URL: url, LATCHKEY_ADMIN_JWT: 'aaaa.bbbb.cccc' };
    const run = await runLatchkey(['whoami'], { env });
    server.close();
    expect(run.code).toBe(4);
    expect(run.stderr).toContain('does not come from a Latchkey server');
  });

  it('ends well where its reader has seen enough', async () => {
    const command = `'${process.execPath}' '${BIN}' --help | head -c 1; exit "\${PIPESTATUS[0]}"`;
    const { status, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('secrets', () => {
  let scene: CliScene;
  beforeAll(async () => {
    scene = await openCliScene();
    await scene.signIn();
  });
  afterAll(() => scene?.close());

  it('have no option to be given in, on any command', async () => {
    const listed = await runLatchkey(['completion', 'bash']);
    for (const option of ['--password ', '--jwt ', '--secret ']) expect(listed.stdout).not.toContain(option);
    expect(listed.stdout).toContain('--password-stdin');
  });

  it('are not in what others see of the running program', async () => {
    const { servers } = JSON.parse(await readFile(scene.sessionFile, 'utf8')) as { servers: Record<string, { jwt: { text: string } }> };
    const jwt = servers[scene.url]?.jwt.text ?? '';
    const held = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(held, 'listening');
    const arrived = once(held, 'request');
    const url = `http://127.0.0.1:${(held.address() as AddressInfo).port}`;
    const child = spawn(process.execPath, [BIN, '--jwt-stdin', '--url', url, 'whoami'], { env: {}, stdio: ['pipe', 'ignore', 'ignore'] });
    child.stdin.end(jwt);
    await arrived;
    const seen = await readFile(`/proc/${child.pid}/cmdline`, 'utf8');
    expect(seen).toContain('whoami');
    expect(seen).not.toContain(jwt);
    expect(await readFile(`/proc/${child.pid}/environ`, 'utf8')).not.toContain(jwt);
    child.kill();
    await once(child, 'close');
    held.closeAllConnections();
    held.close();
  });

  it('of tokens are not kept anywhere by the program', async () => {
    const secret = (await scene.run(['tokens', 'create', 'kept nowhere'])).stdout.trim();
    const directory = scene.config.XDG_CONFIG_HOME ?? '';
    for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) expect(await readFile(`${entry.parentPath}/${entry.name}`, 'utf8')).not.toContain(secret);
    }
  });
});
