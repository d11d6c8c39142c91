import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CliScene, openCliScene } from '../testing/open-cli-scene.ts';
import { runInTerminal } from '../testing/run-latchkey.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let scene: CliScene;
beforeAll(async () => {
  scene = await openCliScene();
  await scene.signIn();
});
afterAll(() => scene?.close());

let count = 0;
/** A token of its own for a test, with a name that no other has. */
async function newToken(...options: string[]): Promise<{ id: number; name: string; secret: string }> {
  const name = `token of test ${++count}`;
  const { token } = (await scene.json(['tokens', 'create', name, ...options])) as { token: { id: number; token: string } };
  return { id: token.id, name, secret: token.token };
}

const call = async (secret: string, path = '/products') =>
  (await fetch(`${scene.url}/api${path}`, { headers: { authorization: `Bearer ${secret}` } })).status;

describe('tokens create', () => {
  it('writes the secret and nothing else to standard output', async () => {
    const { code, stdout, stderr } = await scene.run(['tokens', 'create', 'for a script']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^lk_live_[0-9A-Za-z]{42}\n$/);
    expect(stderr).toContain('only time its secret is shown');
    expect(stderr).not.toContain(stdout.trim());
    expect(await call(stdout.trim())).toBe(200);
  });

  it('passes on everything that can be said about a token', async () => {
    const { id } = await newToken(
      ...['--description', 'a note', '--environment', 'test', '--endpoint', 'GET /products*', '--endpoint', '/stores'],
      ...['--rate-limit', '7', '--window', '5m', '--algorithm', 'sliding', '--expires-at', '2999-01-01', '--not-before', '2001-01-01'],
      ...['--owner', 'user:42', '--scope', 'read', '--scope', 'write', '--permission', 'files:read', '--metadata', '{"team":"billing"}'],
      ...['--limit', 'burst=10/1s', '--quota', '50', '--refill', '100/1d', '--allow-ip', '10.0.0.0/8'],
    );
    expect(await scene.json(['tokens', 'show', `${id}`])).toMatchObject({
      token: {
        description: 'a note',
        environment: 'test',
        allowed_endpoints: ['GET /products*', '/stores'],
        rate_limit: 7,
        rate_limit_window_ms: 300_000,
        rate_limit_algorithm: 'sliding',
        expires_at: '2999-01-01T00:00:00.000Z',
        not_before: '2001-01-01T00:00:00.000Z',
        owner_type: 'user',
        owner_id: '42',
        scopes: ['read', 'write'],
        permissions: { files: ['read'] },
        metadata: { team: 'billing' },
        limits: [{ name: 'burst', max: 10, window_ms: 1_000 }],
        remaining: 50,
        refill_amount: 100,
        refill_interval: 86_400_000,
        allowed_ips: ['10.0.0.0/8'],
      },
    });
  });

  it('counts --expires-in from now', async () => {
    const before = Date.now();
    const { id } = await newToken('--expires-in', '2h');
    const { token } = (await scene.json(['tokens', 'show', `${id}`])) as { token: { expires_at: string } };
    const life = Date.parse(token.expires_at) - before;
    expect(life).toBeGreaterThan(7_199_000);
    expect(life).toBeLessThan(7_260_000);
  });

  const WRONG: [string, string[]][] = [
    ['no name', []],
    ['a name of blanks', ['  ']],
    ['a limit of 0', ['x', '--rate-limit', '0']],
    ['a limit that is no number', ['x', '--rate-limit', '1e3']],
    ['an owner without an id', ['x', '--owner', 'user']],
    ['metadata that is no object', ['x', '--metadata', '[]']],
    ['a range that is none', ['x', '--allow-ip', '10.0.0.0/99']],
    ['a further limit without a window', ['x', '--limit', 'burst=10']],
    ['a window without a unit', ['x', '--window', '60']],
    ['an environment that there is not', ['x', '--environment', 'moon']],
    ['a pattern that is none', ['x', '--endpoint', 'products']],
    ['an expiry in the past', ['x', '--expires-at', '2001-01-01']],
    ['a day that there is not', ['x', '--expires-at', '2999-02-30']],
    ['two expiries', ['x', '--expires-at', '2999-01-01', '--expires-in', '1d']],
    ['an option that there is not', ['x', '--token', 'lk_live_mine']],
    ['too many names', ['x', 'y']],
  ];

  describe('with arguments that are wrong', () => {
    let total: unknown;
    beforeAll(async () => {
      ({ total } = await scene.json(['tokens', 'list']));
    });

    it.each(WRONG)('ends with 2 and says why: %s', async (_case, args) => {
      const run = await scene.run(['tokens', 'create', ...args]);
      expect(run).toMatchObject({ code: 2, stdout: '' });
      expect(run.stderr).toMatch(/^latchkey: \S/);
    });

    it('makes nothing', async () => {
      expect((await scene.json(['tokens', 'list'])).total).toBe(total);
    });
  });
});

describe('tokens list', () => {
  it('filters by owner', async () => {
    const { id } = await newToken('--owner', 'team:blue:7');
    const { tokens } = (await scene.json(['tokens', 'list', '--owner', 'team:blue:7'])) as { tokens: { id: number }[] };
    expect(tokens.map((token) => token.id)).toEqual([id]);
  });

  it('separates by tabs, without header and colour, where a program reads', async () => {
    const { id, name } = await newToken('--rate-limit', '1234');
    const { stdout } = await scene.run(['tokens', 'list', '--search', name]);
    const [first] = stdout.split('\n');
    expect(first?.split('\t').slice(0, 7)).toEqual([
      `${id}`,
      name,
      'active',
      expect.stringMatching(/^lk_live_••••\w{4}$/),
      '1234',
      '0',
      '',
    ]);
  });

  it('--all brings pages together, each token once', async () => {
    const { tokens, total } = (await scene.json(['tokens', 'list', '--all'])) as { tokens: { id: number }[]; total: number };
    expect(new Set(tokens.map(({ id }) => id)).size).toBe(total);
    const page = (await scene.json(['tokens', 'list', '--limit', '2', '--offset', '1', '--sort', 'id', '--order', 'asc'])) as {
      tokens: { id: number }[];
    };
    expect(page.tokens.map(({ id }) => id)).toEqual(
      tokens
        .map(({ id }) => id)
        .sort((a, b) => a - b)
        .slice(1, 3),
    );
  });

  it('filters by state', async () => {
    const { id } = await newToken();
    await scene.run(['tokens', 'disable', `${id}`]);
    const { tokens } = (await scene.json(['tokens', 'list', '--status', 'disabled', 'revoked'])) as { tokens: { status: string }[] };
    expect(new Set(tokens.map(({ status }) => status))).toContain('disabled');
    expect(tokens.map(({ status }) => status)).not.toContain('active');
  });

  it.each([
    ['--limit', '0'],
    ['--limit', '201'],
    ['--sort', 'colour'],
    ['--status', 'lost'],
    ['--order', 'up'],
  ])('ends with 2 for %s %s', async (...option) => {
    expect(await scene.run(['tokens', 'list', ...option])).toMatchObject({ code: 2, stdout: '' });
  });

  it('is a table no wider than a terminal, long names cut, with colours, and none where they are not wanted', async () => {
    await scene.run(['tokens', 'create', `a long name ${'and longer '.repeat(20)}`]);
    const { stdout } = await runInTerminal(['tokens', 'list'], { env: scene.config });
    const lines = stripVTControlCharacters(stdout).split('\r\n');
    expect(lines[0]).toMatch(/^ *ID {2}NAME +STATUS/);
    expect(lines.find((line) => line.includes('a long'))).toContain('…');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(stdout).toContain('\u001b[32m');
    const plain = await runInTerminal(['tokens', 'list'], { env: { ...scene.config, NO_COLOR: '1' } });
    expect(plain.stdout).not.toContain('\u001b[');
    expect((await runInTerminal(['tokens', 'list', '--no-color'], { env: scene.config })).stdout).not.toContain('\u001b[');
  });
});

describe('names from outside', () => {
  const evil = 'ok\u001b]0;owned\u0007\u001b[2J\rname\u202etxt';

  it('can not control the terminal, in a table, in lines, in messages or in JSON', async () => {
    const created = await scene.run(['tokens', 'create', evil]);
    expect(created.stderr).toContain('\\x1b]0;owned\\x07\\x1b[2J\\x0dname\\u202etxt');
    const list = await scene.run(['tokens', 'list', '--search', 'owned']);
    const table = await runInTerminal(['tokens', 'list', '--search', 'owned'], { env: { ...scene.config, NO_COLOR: '1' } });
    const json = await scene.run(['tokens', 'list', '--search', 'owned', '--json']);
    for (const text of [created.stderr, list.stdout, json.stdout, table.stdout]) {
      expect(text.replaceAll('\r\n', '\n')).not.toMatch(/[^\P{Cc}\n\t]|\u202e/u);
    }
    expect(JSON.parse(json.stdout)).toMatchObject({ tokens: [{ name: evil }] });
  });
});

describe('naming a token', () => {
  it('takes an id or a name that only one has', async () => {
    const { id, name } = await newToken();
    for (const text of [`${id}`, name]) expect((await scene.json(['tokens', 'show', text])).token).toMatchObject({ id });
  });

  it('does not take a part of a name', async () => {
    const { name } = await newToken();
    expect(await scene.run(['tokens', 'show', name.slice(0, -1)])).toMatchObject({ code: 1, stdout: '' });
  });

  it('lists the tokens that share a name, and touches none of them', async () => {
    const ids = [];
    for (let each = 0; each < 2; each++) {
      ids.push(((await scene.json(['tokens', 'create', 'twin'])) as { token: { id: number } }).token.id);
    }
    const run = await scene.run(['tokens', 'revoke', 'twin', '--yes']);
    expect(run.code).toBe(1);
    for (const id of ids) {
      expect(run.stderr).toMatch(new RegExp(`^ +${id} +lk_live_••••\\w{4} +active$`, 'm'));
      expect((await scene.json(['tokens', 'show', `${id}`])).token).toMatchObject({ status: 'active' });
    }
  });

  it.each(['999999', '0', '99999999999999999999', 'nobody'])('ends with 1 for %s, which there is not', async (text) => {
    expect(await scene.run(['tokens', 'show', text])).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('disable, enable, revoke', () => {
  it('switch tokens off and on', async () => {
    const one = await newToken();
    const two = await newToken();
    expect((await scene.run(['tokens', 'disable', `${one.id}`, two.name])).code).toBe(0);
    expect([await call(one.secret), await call(two.secret)]).toEqual([401, 401]);
    expect(await scene.json(['tokens', 'enable', `${one.id}`, two.name])).toEqual({ changed: [one.id, two.id], skipped: [] });
    expect([await call(one.secret), await call(two.secret)]).toEqual([200, 200]);
  });

  it('revoke for good, and end with 1 where a revoked token is to be enabled', async () => {
    const { id, name, secret } = await newToken();
    expect(await scene.run(['tokens', 'revoke', name, '--yes'])).toMatchObject({ code: 0, stdout: '' });
    expect(await call(secret)).toBe(401);
    const run = await scene.run(['tokens', 'enable', `${id}`]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('is revoked');
  });

  it('ask before they revoke, and refuse without --yes where nobody can answer', async () => {
    const { id, secret } = await newToken();
    const run = await scene.run(['tokens', 'revoke', `${id}`], { input: 'y\n' });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('--yes');
    expect(await call(secret)).toBe(200);
    const declined = await runInTerminal(['tokens', 'revoke', `${id}`], { env: scene.config, typed: [{ at: '[y/N]', text: 'n\r' }] });
    expect(declined).toMatchObject({ code: 1, stdout: expect.stringContaining('Nothing was changed') });
    expect(await call(secret)).toBe(200);
    const agreed = await runInTerminal(['tokens', 'revoke', `${id}`], { env: scene.config, typed: [{ at: '[y/N]', text: 'y\r' }] });
    expect(agreed).toMatchObject({ code: 0, stdout: expect.stringMatching(/1 requests from 1 addresses|2 requests from 1 addresses/) });
    expect(await call(secret)).toBe(401);
  });

  it('touch nothing where one of several is not there', async () => {
    const { id, secret } = await newToken();
    expect((await scene.run(['tokens', 'revoke', '--yes', `${id}`, 'nobody'])).code).toBe(1);
    expect(await call(secret)).toBe(200);
  });
});

describe('tokens rotate', () => {
  it('writes the new secret and nothing else to standard output, and the old one goes on for the overlap', async () => {
    const { id, name, secret } = await newToken();
    const { code, stdout, stderr } = await scene.run(['tokens', 'rotate', name, '--overlap', '2h']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^lk_live_[0-9A-Za-z]{42}\n$/);
    expect(stderr).not.toContain(stdout.trim());
    expect([await call(secret), await call(stdout.trim())]).toEqual([200, 200]);
    const { secrets } = (await scene.json(['tokens', 'secrets', `${id}`])) as { secrets: { state: string; ends_at: string | null }[] };
    expect(secrets).toMatchObject([
      { state: 'overlapping', ends_at: expect.any(String) },
      { state: 'current', ends_at: null },
    ]);
    expect((await scene.run(['tokens', 'secrets', name])).stdout).toMatch(/^\d+\tlk_live_••••\w{4}\toverlapping\t/);
  });

  it('ends the old secret at once where there is to be no overlap', async () => {
    const { id, secret } = await newToken();
    const { token } = (await scene.json(['tokens', 'rotate', `${id}`, '--overlap', '0s'])) as { token: { token: string } };
    expect([await call(secret), await call(token.token)]).toEqual([401, 200]);
  });

  it.each([
    ['--overlap', '8d'],
    ['--overlap', '60'],
    ['--quiet', '0'],
    ['--quiet', '1', '--overlap', '1h'],
  ])('ends with 2 and changes nothing for %s %s', async (...option) => {
    const { id, secret } = await newToken();
    expect(await scene.run(['tokens', 'rotate', `${id}`, ...option])).toMatchObject({ code: 2, stdout: '' });
    expect(await call(secret)).toBe(200);
  });
});

describe('usage', () => {
  it('shows totals, endpoints and single requests of one token, and of all', async () => {
    const { id, secret } = await newToken('--endpoint', '/products*');
    expect(await call(secret)).toBe(200);
    expect(await call(secret, '/stores')).toBe(403);
    await expect
      .poll(async () => (await scene.json(['usage', `${id}`])).totals, { timeout: 20_000 })
      .toMatchObject({ requests: 2, ok: 1, client_errors: 1 });
    const { stdout } = await scene.run(['usage', `${id}`]);
    expect(stdout).toContain('Requests\t2\n');
    expect(stdout).toMatch(/^GET\t\/products\t1\t0\t0\t/m);
    const { requests } = (await scene.json(['usage', `${id}`, '--requests', '--limit', '1'])) as { requests: unknown[] };
    expect(requests).toMatchObject([{ path: '/stores', status: 403, outcome: 'ENDPOINT_NOT_ALLOWED', token_id: id }]);
    expect((await scene.json(['usage', '--days', '1'])).tokens).toContainEqual(expect.objectContaining({ id, requests: 2 }));
  });

  it.each([
    ['--days', '0'],
    ['--days', '366'],
    ['--top', 'x'],
  ])('ends with 2 for %s %s', async (...option) => {
    expect(await scene.run(['usage', ...option])).toMatchObject({ code: 2, stdout: '' });
  });
});
