import { createHash, randomUUID } from 'node:crypto';
import { createTokenDigester } from '@latchkey/bearer-auth';
import { bcryptHash, bearer, send } from '@latchkey/bearer-auth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, openSceneWithDatabase, querySql, type Scene } from './testing/open-scene.ts';

const OLDER_SECRET = randomUUID();

let scene: Scene & { readonly databaseUrl: string };

beforeAll(async () => {
  scene = await openSceneWithDatabase({ LATCHKEY_TOKEN_SECRET: `${randomUUID()},${OLDER_SECRET}` });
});
afterAll(() => scene.close());

interface Report extends Json {
  readonly imported: number;
  readonly rows: { row: number; status: string; id: number | null; message: string }[];
}

async function takeOver(rows: Json[], dryRun = false): Promise<Report> {
  const answer = await scene.rest('POST', '/api/api-tokens/import', { rows, dry_run: dryRun });
  expect(answer.status, answer.text).toBe(200);
  return answer.body as Report;
}

const sha256 = (text: string) => createHash('sha256').update(text);
const unique = (prefix: string) => `${prefix}${randomUUID().replaceAll('-', '')}`;
const statusOf = async (text: string) => (await scene.call(text)).status;
const stored = async (id: number | null) =>
  (
    await querySql<{ algorithm: string; rehashed: boolean; version: string }>(
      scene.databaseUrl,
      `select s.digest_algorithm as algorithm, s.rehashed_at is not null as rehashed, t.version from api_token_secrets s
       join api_tokens t on t.id = s.token_id where t.id = $1`,
      [id],
    )
  )[0];

const forgetFormer = (id: number | null) =>
  querySql(
    scene.databaseUrl,
    'update api_token_secrets set former_digest = null, former_algorithm = null, former_version = null where token_id = $1',
    [id],
  );

describe('an imported token', () => {
  it.each<[string, string, (text: string) => Json]>([
    ['SHA-256 in hexadecimal of a Stripe-like text', unique('sk_live_51H'), (text) => ({ hash: sha256(text).digest('hex') })],
    ['SHA-256 in base64url of a hexadecimal text', unique(''), (text) => ({ hash: sha256(text).digest('base64url') })],
    ['bcrypt ($2b$) of a UUID', randomUUID(), (text) => ({ hash: bcryptHash(text), last_characters: text.slice(-4) })],
    [
      'bcrypt ($2y$) with its beginning',
      unique('gh_'),
      (text) => ({ hash: bcryptHash(text).replace('$2b$', '$2y$'), last_characters: text.slice(-6), start: text.slice(0, 12) }),
    ],
    ['a plain text with a space in it', `${randomUUID()} and more`, (text) => ({ token: text })],
  ])('authenticates unchanged and is digested anew at its first use: %s', async (name, text, secretOf) => {
    expect(await statusOf(text)).toBe(401);
    const { rows } = await takeOver([{ name, ...secretOf(text) }]);
    expect(rows).toEqual([{ row: 1, status: 'imported', id: expect.any(Number), message: 'Imported.' }]);
    const before = await stored(rows[0]?.id ?? 0);
    expect([await statusOf(text), await statusOf(text)]).toEqual([200, 200]);
    expect([await statusOf(`${text}x`), await statusOf(text.slice(1))]).toEqual([401, 401]);
    const algorithm = async () => (await stored(rows[0]?.id ?? 0))?.algorithm;
    await expect.poll(algorithm, { interval: 25, timeout: 10_000 }).toBe('hmac-sha256');
    expect((await stored(rows[0]?.id ?? 0))?.version).toBe(before?.version);
    await querySql(scene.databaseUrl, `update api_tokens set description = 'drops it from the caches' where id = $1`, [rows[0]?.id]);
    expect(await statusOf(text)).toBe(200);
  });

  it('has the settings of its row, and says where it came from', async () => {
    const text = unique('acme_');
    const row = { name: 'CI', owner_type: 'user', owner_id: '7', prefix: 'acme_', scopes: 'read, write', environment: 'test' };
    const more = { allowed_endpoints: '/products*', rate_limit: '2', expires_at: '2030-01-01', description: '' };
    const { rows } = await takeOver([{ ...row, ...more, token: text }]);
    const { token } = (await scene.rest('GET', `/api/api-tokens/${rows[0]?.id}`)).body as { token: Json };
    expect(token).toMatchObject({
      ...row,
      scopes: ['read', 'write'],
      allowed_endpoints: ['/products*'],
      rate_limit: 2,
      expires_at: '2030-01-01T00:00:00.000Z',
      description: null,
      last4: text.slice(-4),
    });
    expect((await scene.call(text, '/stores')).status).toBe(403);
    expect([await statusOf(text), await statusOf(text), await statusOf(text)]).toEqual([200, 200, 429]);
    const entries = await querySql(scene.databaseUrl, `select action from audit_log where target_id = $1`, [String(rows[0]?.id)]);
    expect(entries).toEqual([{ action: 'token.import' }]);
  });

  it('is rotated like any other, into a secret of ours', async () => {
    const text = unique('old-system-');
    const { rows } = await takeOver([{ name: 'moved', token: text }]);
    const answer = await scene.rest('POST', `/api/api-tokens/${rows[0]?.id}/rotate`, {});
    const rotated = (answer.body as { token: { token: string } }).token.token;
    expect(rotated).toMatch(/^lk_live_[0-9A-Za-z]{42}$/);
    expect([await statusOf(text), await statusOf(rotated)]).toEqual([200, 200]);
  });
});

describe('the report', () => {
  it('has one entry for each row: bad ones stop no others, and say what to change', async () => {
    const text = unique('fine_');
    const { rows, imported, failed } = await takeOver([
      { name: 'fine', token: text },
      { name: 'neither' },
      { name: 'both', token: text, hash: 'a'.repeat(64) },
      { name: 'no hash', hash: 'md5:1234' },
      { name: 'costly', hash: `$2b$15$${'a'.repeat(53)}`, last_characters: 'abcd' },
      { name: 'not to be found', hash: `$2b$10$${'a'.repeat(53)}` },
      { name: 'too short', token: 'hunter2' },
      { name: 'mistyped', token: `lk_live_${'a'.repeat(42)}` },
      { name: 'x'.repeat(256), hash: 'b'.repeat(64) },
      { name: 'no environment', hash: 'c'.repeat(64), environment: 'moon' },
      { name: 'same', token: text },
    ]);
    expect([imported, failed]).toEqual([1, 9]);
    expect(rows.map(({ status, message }) => `${status}: ${message.slice(0, 40).trim()}`)).toEqual([
      'imported: Imported.',
      'failed: hash: Give either hash or token, and not',
      'failed: hash: Give either hash or token, and not',
      'failed: hash: A hash must be SHA-256 (64 hexadec',
      'failed: hash: The cost of a bcrypt hash must be',
      'failed: last_characters: A bcrypt hash can only',
      'failed: token: A token must be 16 to 512 printab',
      'failed: token: A token must be 16 to 512 printab',
      'failed: name: name may have at most 255 characte',
      'failed: environment: Choose one of these environ',
      'skipped: The same secret as row 1.',
    ]);
  });

  it('of many rows keeps their order, and so do their tokens; each has its audit row', async () => {
    const texts = Array.from({ length: 250 }, () => unique('many_'));
    const { rows, imported } = await takeOver(texts.map((token, index) => ({ name: `one of many ${index}`, token })));
    expect(imported).toBe(250);
    const made = await querySql<{ name: string; last4: string; target_id: string }>(
      scene.databaseUrl,
      `select t.name, t.last4, a.target_id from api_tokens t join audit_log a on a.target_id = t.id::text and a.action = 'token.import'
       where t.name like 'one of many %' order by t.id`,
    );
    expect(made).toEqual(
      texts.map((text, index) => ({ name: `one of many ${index}`, last4: text.slice(-4), target_id: String(rows[index]?.id) })),
    );
    expect(await Promise.all([texts[0], texts[249]].map((text) => statusOf(text ?? '')))).toEqual([200, 200]);
  });

  it('knows a secret that a row before brought in another form, and imports all others', async () => {
    const [first, second, third] = [unique('form_'), unique('form_'), unique('form_')];
    const { rows } = await takeOver([
      { name: 'before', token: first },
      { name: 'as text', token: second },
      { name: 'as hash', hash: sha256(second).digest('hex') },
      { name: 'as text again', token: second },
      { name: 'after', token: third },
    ]);
    expect(rows.map(({ status }) => status)).toEqual(['imported', 'imported', 'skipped', 'skipped', 'imported']);
    expect([rows[2]?.id, rows[3]?.message]).toEqual([rows[1]?.id, 'The same secret as row 2.']);
    expect([await statusOf(first), await statusOf(second), await statusOf(third)]).toEqual([200, 200, 200]);
  });

  it('refuses one bcrypt hash more than could be told apart, also within a call', async () => {
    const hashes = Array.from({ length: 21 }, (_, index) => `$2b$04$${String(index).padStart(53, 'x')}`);
    const { rows } = await takeOver(hashes.map((hash) => ({ name: 'alike', hash, last_characters: 'like' })));
    expect(rows.map(({ status }) => status)).toEqual([...Array.from({ length: 20 }, () => 'imported'), 'failed']);
    expect(rows[20]?.message).toContain('Give more of the start of its text.');
  });

  it('of a dry run says the same and writes nothing', async () => {
    const text = unique('dry_');
    const report = await takeOver([{ name: 'dry', token: text }, { name: 'bad' }], true);
    expect(report).toMatchObject({ dry_run: true, imported: 1, failed: 1, rows: [{ status: 'imported', id: null }, { status: 'failed' }] });
    expect(await statusOf(text)).toBe(401);
    expect(await querySql(scene.databaseUrl, `select id from api_tokens where name = 'dry'`)).toEqual([]);
  });

  it('skips what is here already, also by its hash, and after it was digested anew', async () => {
    const text = unique('again_');
    const row = { name: 'again', hash: sha256(text).digest('hex') };
    const [first] = (await takeOver([row])).rows;
    expect(await statusOf(text)).toBe(200);
    const algorithm = async () => (await stored(first?.id ?? 0))?.algorithm;
    await expect.poll(algorithm, { interval: 25, timeout: 10_000 }).toBe('hmac-sha256');
    await forgetFormer(first?.id ?? null);
    const { rows } = await takeOver([row, { name: 'plain', token: text }]);
    expect(rows).toMatchObject([
      { status: 'skipped', id: first?.id },
      { status: 'skipped', id: first?.id },
    ]);
  });

  it.each([{ rows: [] }, { rows: 'many' }, { rows: Array.from({ length: 1_001 }, () => ({ name: 'x' })) }, {}])(
    'is not written for a call that is wrong as a whole',
    async (body) => {
      expect(await scene.rest('POST', '/api/api-tokens/import', body)).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR' } });
    },
  );
});

describe('the text of an imported token', () => {
  const findBySecret = async (secret: string) => {
    const headers = [...bearer(scene.admin.jwt), 'Content-Type', 'application/json'];
    const answer = await send(scene.url, { method: 'POST', path: '/trpc/token.findBySecret', headers, body: JSON.stringify({ secret }) });
    return (answer.body as { result: { data: { token: Json | null } } }).result.data.token;
  };
  const explain = async (token: string) => (await scene.rest('POST', '/api/api-tokens/explain', { token, path: '/products' })).body;
  const known = (id: number | null) => ({
    decision: 'allow',
    token: { id },
    findings: expect.arrayContaining([expect.objectContaining({ check: 'known', result: 'pass' })]),
  });

  const isDigestedAnew = async (id: number | null, text: string) => {
    expect(await statusOf(text)).toBe(200);
    await expect.poll(async () => (await stored(id))?.algorithm, { interval: 25, timeout: 10_000 }).toBe('hmac-sha256');
    await forgetFormer(id);
  };
  const isUnderOlderSecret = async (id: number | null, text: string) => {
    const { digest, secretVersion } = createTokenDigester({ secrets: [OLDER_SECRET] }).digest(text);
    const sql = 'update api_token_secrets set digest = $2, secret_version = $3 where token_id = $1';
    await querySql(scene.databaseUrl, sql, [id, Buffer.from(digest), secretVersion]);
    expect(await findBySecret(text)).toMatchObject({ id });
  };

  it.each<[string, string, (text: string) => Json]>([
    ['SHA-256', unique('sk_live_51H'), (text) => ({ hash: sha256(text).digest('hex') })],
    ['a plain list', `${randomUUID()} and more`, (text) => ({ token: text })],
  ])('of %s leads to its token and explains it, before and after it was digested anew', async (name, text, secretOf) => {
    expect([await findBySecret(text), (await explain(text))?.decided_by]).toEqual([null, 'shape']);
    const id = (await takeOver([{ name, ...secretOf(text) }])).rows[0]?.id ?? null;
    expect(await findBySecret(` ${text}\n`)).toEqual({ id, name });
    expect(await explain(text)).toMatchObject(known(id));
    await isDigestedAnew(id, text);
    expect(await findBySecret(text)).toEqual({ id, name });
    expect(await explain(text)).toMatchObject(known(id));
    expect([await findBySecret(`${text}x`), (await explain(text.slice(1)))?.token]).toEqual([null, null]);
  });

  it.each<[string, (text: string) => Json, (id: number | null, text: string) => Promise<void>]>([
    ['SHA-256, never used', (text) => ({ hash: sha256(text).digest('base64url') }), async () => {}],
    ['SHA-256, digested anew', (text) => ({ hash: sha256(text).digest('hex') }), isDigestedAnew],
    ['a plain list', (text) => ({ token: text }), async () => {}],
    ['a plain list, under an older token secret', (text) => ({ token: text }), isUnderOlderSecret],
  ])('of %s ends it for whoever holds it', async (name, secretOf, prepare) => {
    const text = unique('leaked_');
    const id = (await takeOver([{ name, ...secretOf(text) }])).rows[0]?.id ?? null;
    await prepare(id, text);
    const headers = ['Content-Type', 'application/json'];
    const answer = await send(scene.url, { method: 'POST', path: '/leaks/revoke', headers, body: JSON.stringify({ token: text }) });
    expect(answer.status).toBe(202);
    const status = async () => ((await scene.rest('GET', `/api/api-tokens/${id}`)).body as { token: Json }).token.status;
    await expect.poll(status, { timeout: 10_000 }).toBe('revoked');
    await expect.poll(async () => (await scene.call(text)).body).toMatchObject({ code: 'KEY_REVOKED' });
  });
});

it('texts of other systems, mistyped ones of ours included, are refused as before', async () => {
  await takeOver([{ name: 'opens the door', token: unique('door_') }]);
  for (const text of ['short', unique('nobody_'), `lk_live_${'a'.repeat(42)}`, 'x'.repeat(513)]) {
    expect(await scene.call(text)).toMatchObject({ status: 401, body: { code: 'INVALID_API_KEY' } });
  }
});
