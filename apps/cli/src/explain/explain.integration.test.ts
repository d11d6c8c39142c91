import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CliScene, openCliScene } from '../testing/open-cli-scene.ts';
import { runInTerminal } from '../testing/run-latchkey.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let scene: CliScene;
let secret: string;
beforeAll(async () => {
  scene = await openCliScene();
  await scene.signIn();
  secret = (await scene.run(['tokens', 'create', 'only products', '--endpoint', '/products*'])).stdout.trim();
});
afterAll(() => scene?.close());

describe('explain', () => {
  it('says of a request that was not sent which check refuses it, by token id, name or text', async () => {
    const byName = await scene.run(['explain', '--token', 'only products', '--path', '/stores']);
    expect(byName.code).toBe(0);
    expect(byName.stdout).toMatch(/^refused: 403 ENDPOINT_NOT_ALLOWED, by the check "endpoint"\n/);
    expect(byName.stdout).toMatch(/^endpoint\tfail\t/m);
    const byText = await scene.json(['explain', '--token-stdin', '--path', '/products/1'], { input: `${secret}\n` });
    expect(byText).toMatchObject({ decision: 'allow', decided_by: null, token: { name: 'only products' } });
    expect(JSON.stringify(byText)).not.toContain(secret);
  });

  it('says of a request in the log what was answered, by its id', async () => {
    const answer = await fetch(`${scene.url}/api/stores`, { headers: { authorization: `Bearer ${secret}` } });
    const id = answer.headers.get('x-request-id') ?? '';
    const found = async () => (await scene.run(['explain', id, '--json'])).code;
    await expect.poll(found, { timeout: 20_000 }).toBe(0);
    expect(await scene.json(['explain', id])).toMatchObject({ decision: 'deny', recorded: { request_id: id, status: 403 } });
    const shown = await runInTerminal(['explain', id], { env: { ...scene.config, NO_COLOR: '1' } });
    expect(shown.stdout).toContain('Answered then  403 ENDPOINT_NOT_ALLOWED');
  });

  it('ends with 1 for a request id that the log does not have', async () => {
    expect(await scene.run(['explain', 'nothing-like-it'])).toMatchObject({ code: 1, stdout: '' });
  });

  it.each([
    ['nothing at all', []],
    ['a token without a path', ['--token', 'only products']],
    ['a request id and a token', ['some-id', '--token', 'only products', '--path', '/']],
    ['two tokens', ['--token', 'x', '--token-stdin', '--path', '/']],
    ['a time that is none', ['some-id', '--at', 'yesterday-ish']],
    ['a method that is none', ['--token', 'only products', '--path', '/', '--method', 'G E T']],
    ['an address that is none', ['--token', 'only products', '--path', '/', '--ip', 'home']],
  ])('ends with 2 for %s', async (_case, args) => {
    expect(await scene.run(['explain', ...args])).toMatchObject({ code: 2, stdout: '' });
  });
});
