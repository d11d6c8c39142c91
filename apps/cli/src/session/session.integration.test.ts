import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { ADMIN, findFreePort } from '@latchkey/server/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CliScene, openCliScene } from '../testing/open-cli-scene.ts';
import { runInTerminal } from '../testing/run-latchkey.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let scene: CliScene;
beforeAll(async () => {
  scene = await openCliScene();
});
afterAll(() => scene?.close());

interface Stored {
  current: string | null;
  servers: Record<string, { cookie: string; jwt: { text: string; renewAt: number } }>;
}
const stored = async (): Promise<Stored> => JSON.parse(await readFile(scene.sessionFile, 'utf8'));

async function fetchJwt(): Promise<string> {
  const { servers } = await stored();
  return servers[scene.url]?.jwt.text ?? '';
}

describe('login', () => {
  beforeEach(() => scene.run(['logout']));

  it('keeps the session in a file that nobody else can read, and neither password nor mail goes to standard output', async () => {
    const { code, stdout, stderr } = await scene.signIn();
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toBe(`Signed in to ${scene.url} as Administrator <${ADMIN.email}>, admin.\n`);
    expect((await stat(scene.sessionFile)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(scene.sessionFile))).mode & 0o777).toBe(0o700);
    expect(await readFile(scene.sessionFile, 'utf8')).not.toContain(ADMIN.password);
  });

  it('gives the file back to its owner alone, whatever it was before', async () => {
    await scene.signIn();
    await writeFile(scene.sessionFile, JSON.stringify({ version: 1, current: null, servers: {} }), { mode: 0o644 });
    await scene.signIn();
    expect((await stat(scene.sessionFile)).mode & 0o777).toBe(0o600);
  });

  it('ends with 3 and leaves no session behind a wrong password', async () => {
    const run = await scene.run(['login', scene.url, '--email', ADMIN.email, '--password-stdin'], { input: 'wrong horse battery' });
    expect(run).toMatchObject({ code: 3, stdout: '' });
    expect(run.stderr).toContain('password is wrong');
    expect((await scene.run(['whoami'])).code).toBe(3);
  });

  it.each([
    ['no terminal for the password', ['login', 'http://127.0.0.1:1', '--email', ADMIN.email]],
    ['no terminal for the address', ['login', '--password-stdin']],
    ['an address that is none', ['login', 'ftp://example.com', '--email', ADMIN.email, '--password-stdin']],
    ['a password in the address', ['login', 'http://a:b@127.0.0.1', '--email', ADMIN.email, '--password-stdin']],
    ['a password as an option, which there is not', ['login', 'http://127.0.0.1:1', '--password', 'x']],
  ])('ends with 2 where there is %s', async (_case, args) => {
    expect(await scene.run(args, { input: 'some password here' })).toMatchObject({ code: 2, stdout: '' });
  });

  it('ends with 4 where nothing listens', async () => {
    const run = await scene.run(['login', `127.0.0.1:${await findFreePort()}`, '--email', ADMIN.email, '--password-stdin'], { input: 'x' });
    expect(run.code).toBe(4);
    expect(run.stderr).toContain('can not be reached: connect ECONNREFUSED');
  });

  it('asks for the password without an echo where there is a terminal', async () => {
    const args = ['login', scene.url, '--email', ADMIN.email];
    const run = await runInTerminal(args, { env: scene.config, typed: [{ at: 'Password:', text: `${ADMIN.password}\r` }] });
    expect(run.stdout).toContain('Password:');
    expect(run.stdout).toContain('Signed in to');
    expect(run.stdout).not.toContain(ADMIN.password);
  });

  it('never follows a redirect with what it was given', async () => {
    const seen: string[] = [];
    const server = createServer((req, res) => {
      seen.push(req.url ?? '');
      res.writeHead(307, { location: `${scene.url}${req.url}` }).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const run = await scene.run(['login', address, '--email', ADMIN.email, '--password-stdin'], { input: ADMIN.password });
    server.close();
    expect(run.code).toBe(4);
    expect(run.stderr).toContain(`sends callers on to ${scene.url}`);
    expect(seen).toEqual(['/api/auth/sign-in/email']);
  });
});

describe('who is signed in', () => {
  beforeEach(() => scene.signIn());

  it('whoami says it, also as JSON', async () => {
    expect((await scene.run(['whoami'])).stdout).toContain(`E-mail\t${ADMIN.email}\nRole\tadmin\nServer\t${scene.url}\n`);
    expect(await scene.json(['whoami'])).toMatchObject({ url: scene.url, credential: 'session', email: ADMIN.email, role: 'admin' });
  });

  it('a JWT that is too old is renewed from the session, and kept', async () => {
    const before = await stored();
    const session = before.servers[scene.url];
    if (session === undefined) throw new Error('There is no session.');
    session.jwt.renewAt = 0;
    await writeFile(scene.sessionFile, JSON.stringify(before));
    expect((await scene.run(['whoami'])).code).toBe(0);
    expect((await stored()).servers[scene.url]?.jwt.renewAt).toBeGreaterThan(Date.now() + 600_000);
  });

  it('a JWT that the server refuses is renewed once', async () => {
    const before = await stored();
    const session = before.servers[scene.url];
    if (session === undefined) throw new Error('There is no session.');
    const good = session.jwt.text;
    session.jwt.text = `${good.slice(0, good.lastIndexOf('.'))}.AAAA`;
    await writeFile(scene.sessionFile, JSON.stringify(before));
    expect((await scene.run(['whoami'])).code).toBe(0);
    expect((await stored()).servers[scene.url]?.jwt.text).not.toBe(session.jwt.text);
  });

  it('logout ends the session here and on the server', async () => {
    const { servers } = await stored();
    const cookie = servers[scene.url]?.cookie ?? '';
    const run = await scene.run(['logout']);
    expect(run).toMatchObject({ code: 0, stderr: `Signed out of ${scene.url}.\n` });
    expect((await fetch(`${scene.url}/api/auth/token`, { headers: { cookie } })).status).toBe(401);
    expect((await stored()).servers).toEqual({});
    expect((await scene.run(['whoami'])).code).toBe(3);
  });

  it('a session that ended on the server ends with 3 and says what to do', async () => {
    const { servers } = await stored();
    const session = servers[scene.url];
    await fetch(`${scene.url}/api/auth/sign-out`, { method: 'POST', headers: { cookie: session?.cookie ?? '', origin: scene.url } });
    const run = await scene.run(['whoami']);
    expect(run.code).toBe(3);
    expect(run.stderr).toContain('latchkey login');
  });

  it('a damaged file is named, and not taken for nobody signed in', async () => {
    await writeFile(scene.sessionFile, '{"version":1,');
    const run = await scene.run(['whoami']);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(scene.sessionFile);
    await writeFile(scene.sessionFile, '{"version":1,"current":null,"servers":{}}');
  });
});

describe('an administrator JWT instead of a session', () => {
  let jwt: string;
  beforeAll(async () => {
    await scene.signIn();
    jwt = await fetchJwt();
  });
  const nowhere = { XDG_CONFIG_HOME: '/nonexistent' };

  it('from the environment', async () => {
    const env = { ...nowhere, LATCHKEY_URL: scene.url, LATCHKEY_ADMIN_JWT: jwt };
    expect(await scene.json(['whoami'], { env })).toMatchObject({ credential: 'environment', email: ADMIN.email });
  });

  it('from standard input', async () => {
    const options = { env: { ...nowhere, LATCHKEY_URL: scene.url }, input: `${jwt}\n` };
    expect(await scene.json(['whoami', '--jwt-stdin'], options)).toMatchObject({ credential: 'stdin', email: ADMIN.email });
  });

  it.each([
    ['a text that is no JWT', 'lk_live_whatever', 2],
    ['a JWT that nobody signed', 'aaaa.bbbb.cccc', 3],
  ])('%s ends with the code that says so', async (_case, text, code) => {
    const env = { ...nowhere, LATCHKEY_URL: scene.url, LATCHKEY_ADMIN_JWT: text };
    expect(await scene.run(['whoami'], { env })).toMatchObject({ code, stdout: '' });
  });

  it('errors are JSON where results are', async () => {
    const run = await scene.run(['whoami', '--json'], { env: { ...nowhere, LATCHKEY_URL: scene.url } });
    expect(JSON.parse(run.stderr)).toMatchObject({ error: { code: 'UNAUTHENTICATED', message: expect.any(String) } });
  });
});
