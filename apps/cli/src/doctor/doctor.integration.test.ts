import { chmod } from 'node:fs/promises';
import { findFreePort } from '@latchkey/server/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CliScene, openCliScene } from '../testing/open-cli-scene.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let scene: CliScene;
beforeAll(async () => {
  scene = await openCliScene();
  await scene.signIn();
});
afterAll(() => scene?.close());

interface Found {
  readonly check: string;
  readonly verdict: string;
  readonly message: string;
  readonly advice: string | null;
}
async function examine(
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<{ code: number | null; found: Map<string, Found> }> {
  const run = await scene.run(['doctor', '--json', ...args], { env });
  const { findings } = JSON.parse(run.stdout) as { findings: Found[] };
  return { code: run.code, found: new Map(findings.map((finding) => [finding.check, finding])) };
}

describe('doctor', () => {
  it('finds nothing wrong with a server that is well, a line for each check', async () => {
    const { code, stdout } = await scene.run(['doctor']);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split('\t').slice(0, 2).join(' '))).toEqual(
      ['session', 'server', 'clock', 'database', 'usage', 'account', 'version', 'secrets', 'expiries', 'policy'].map(
        (check) => `ok ${check}`,
      ),
    );
  });

  it('warns of tokens whose end is near, and that is no failure', async () => {
    await scene.run(['tokens', 'create', 'ends soon', '--expires-in', '3d']);
    await scene.run(['tokens', 'create', 'ends late', '--expires-in', '300d']);
    const { code, found } = await examine();
    expect(code).toBe(0);
    expect(found.get('expiries')).toMatchObject({
      verdict: 'warn',
      message: expect.stringMatching(/^1 active token expires .*"ends soon"/),
    });
  });

  it('ends with 1 where others may read the session', async () => {
    await chmod(scene.sessionFile, 0o644);
    const { code, found } = await examine();
    expect(code).toBe(1);
    expect(found.get('session')).toMatchObject({ verdict: 'fail', advice: expect.stringContaining('chmod 600') });
    await chmod(scene.sessionFile, 0o600);
  });

  it('ends with 1 and asks nothing more where the server is away', async () => {
    const { code, found } = await examine(['--url', `127.0.0.1:${await findFreePort()}`]);
    expect(code).toBe(1);
    expect([...found.keys()]).toEqual(['session', 'server']);
    expect(found.get('server')).toMatchObject({ verdict: 'fail', message: expect.stringContaining('ECONNREFUSED') });
  });

  it('still looks at the server where nobody is signed in', async () => {
    const { code, found } = await examine([], { XDG_CONFIG_HOME: '/nonexistent', LATCHKEY_URL: scene.url });
    expect(code).toBe(1);
    expect(found.get('server')?.verdict).toBe('ok');
    expect(found.get('account')).toMatchObject({ verdict: 'fail', advice: expect.stringContaining('latchkey login') });
    expect(found.has('version')).toBe(false);
  });
});
