import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createTokenText, DEFAULT_POLICY } from '@latchkey/core';
import { aKeyTypeRule } from '@latchkey/core/testing';
import type { LeakPolicy } from '@latchkey/database';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Management, openManagement } from '../management/testing/open-management.ts';
import { type SignedIn, signInAs } from '../management/testing/sign-in.ts';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const KEY = 'key-1';

let directory: string;
let keysUrl: URL;
let management: Management;
let admin: SignedIn;
let database: Client;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'latchkey-leaks-'));
  const key = pair.publicKey.export({ type: 'spki', format: 'pem' });
  await writeFile(path.join(directory, 'keys.json'), JSON.stringify({ public_keys: [{ key_identifier: KEY, key, is_current: true }] }));
  keysUrl = pathToFileURL(path.join(directory, 'keys.json'));
  ({ management, admin, database } = await open('revoke'));
});
afterAll(async () => {
  await database.end();
  await management.close();
  await rm(directory, { recursive: true });
});

async function open(leakPolicy: LeakPolicy, { policy = DEFAULT_POLICY, now = Date.now } = {}) {
  const opened = await openManagement({ leakKeysUrl: keysUrl, leakPolicy, policy, now });
  const client = new Client({ connectionString: opened.databaseUrl });
  await client.connect();
  return { management: opened, admin: await signInAs(opened, 'admin'), database: client };
}

async function createToken(on = management, by = admin, input: object = {}): Promise<{ id: number; token: string }> {
  const headers = { authorization: `Bearer ${by.jwt}` };
  const answer = await on.send('/api/api-tokens', { method: 'POST', headers, body: { name: 'leaky', ...input } });
  return (answer.json as { token: { id: number; token: string } }).token;
}

function report(body: string, { on = management, key = KEY, signature = signatureOf(body) } = {}) {
  const headers = { 'content-type': 'application/json', 'github-public-key-identifier': key, 'github-public-key-signature': signature };
  return on.send('/leaks', { method: 'POST', headers, body });
}
const signatureOf = (body: string) => sign('sha256', Buffer.from(body), pair.privateKey).toString('base64');
const bodyOf = (...tokens: string[]) =>
  JSON.stringify(
    tokens.map((token) => ({ token, type: 'latchkey_api_token', url: 'https://github.com/a/b/blob/c/d.txt', source: 'content' })),
  );

const tokenNow = async (id: number, on = management) => on.database.tokens.get(id);
const becomes = (id: number, status: string, on = management) =>
  expect.poll(async () => (await tokenNow(id, on)).status, { timeout: 10_000 }).toBe(status);
const actionsOf = async (id: number, on = management) =>
  (await on.database.audit.list({ limit: 20, offset: 0, targetType: 'token', targetId: `${id}` })).entries;
const eventsOf = async (id: number, client = database) =>
  (
    await client.query<{ type: string; data: { leak?: unknown } }>('select type, data from events where token_id = $1 order by number', [
      id,
    ])
  ).rows;

describe('a signed report', () => {
  it('is answered 202 at once and the token ends, with an audit row of GitHub and an event that says where it was found', async () => {
    const { id, token } = await createToken();
    const answer = await report(bodyOf(token));
    expect([answer.status, answer.json]).toEqual([202, { message: expect.stringContaining('Accepted') }]);
    await becomes(id, 'revoked');
    const [revoked, leaked] = await actionsOf(id);
    expect(revoked).toMatchObject({ action: 'token.revoke', actorName: 'GitHub secret scanning' });
    expect(leaked).toMatchObject({
      action: 'token.leak',
      after: { reporter: 'github', outcome: 'revoked', url: 'https://github.com/a/b/blob/c/d.txt' },
    });
    const told = await eventsOf(id);
    expect(told.map(({ type }) => type)).toEqual(['token.created', 'token.leaked', 'token.revoked']);
    expect(told[1]?.data.leak).toMatchObject({ outcome: 'revoked', source: 'content' });
    expect(management.changed).toContain(id);
  });

  it('gets the same answer for a known and for an unknown token, and one report may hold both', async () => {
    const { id, token } = await createToken();
    const answers = [
      await report(bodyOf(createTokenText('lk_live_'))),
      await report(bodyOf('no token at all')),
      await report(bodyOf('x', token)),
    ];
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    await becomes(id, 'revoked');
  });

  it('leaves no text of a token in the database', async () => {
    const { id, token } = await createToken();
    await report(bodyOf(token));
    await becomes(id, 'revoked');
    const { rows } = await database.query(
      `select (select string_agg(r::text, ' ') from leak_reports r) as reports, (select string_agg(e::text, ' ') from events e) as events,
         (select string_agg(a::text, ' ') from audit_log a) as audit`,
    );
    expect(JSON.stringify(rows)).not.toContain(token.slice(8, 40));
  });

  it('is refused when its signature is missing, of another body, or by an unknown key – and nothing happens', async () => {
    const { id, token } = await createToken();
    const body = bodyOf(token);
    const answers = [
      await management.send('/leaks', { method: 'POST', body }),
      await report(body, { signature: signatureOf(`${body} `) }),
      await report(body, { key: 'key-2' }),
      await report(body, { signature: 'AAAA' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    expect((await tokenNow(id)).status).toBe('active');
  });

  it('that is no list of tokens is 400', async () => {
    for (const body of ['{}', '[]', '[{"type":"x"}]', 'no json']) expect((await report(body)).status).toBe(400);
  });

  it('survives a server that ends right after the answer', async () => {
    const { id, token } = await createToken();
    const candidates = [...(await digestsOf(id))];
    await database.query('insert into leak_reports (reporter, candidates, received_at) values ($1, $2, now())', [
      'github',
      JSON.stringify(candidates),
    ]);
    expect(token).not.toBe('');
    await becomes(id, 'revoked');
  });
});

async function digestsOf(id: number) {
  const { rows } = await database.query<{ algorithm: string; version: string; digest: string }>(
    `select digest_algorithm as algorithm, secret_version as version, encode(digest, 'hex') as digest from api_token_secrets where token_id = $1`,
    [id],
  );
  return rows.map(({ algorithm, version, digest }) => ({ algorithm, secretVersion: Number(version), digest }));
}

describe('a token that was rotated', () => {
  const rotate = async (id: number) => {
    const headers = { authorization: `Bearer ${admin.jwt}` };
    const answer = await management.send(`/api/api-tokens/${id}/rotate`, { method: 'POST', headers, body: { overlap_seconds: 86_400 } });
    expect(answer.status, answer.text).toBe(200);
    return (answer.json as { token: { token: string } }).token.token;
  };
  const secretsOf = async (id: number) =>
    (await database.query('select revoked_at is not null as revoked from api_token_secrets where token_id = $1 order by id', [id])).rows;

  it('lives on when its old secret leaks: only that one ends, and it is told', async () => {
    const { id, token: old } = await createToken();
    await rotate(id);
    await report(bodyOf(old));
    await expect.poll(() => secretsOf(id), { timeout: 10_000 }).toEqual([{ revoked: true }, { revoked: false }]);
    expect((await tokenNow(id)).status).toBe('active');
    const told = await eventsOf(id);
    expect(told.map(({ type }) => type)).toEqual(['token.created', 'token.rotated', 'token.leaked']);
    expect(told[2]?.data.leak).toMatchObject({ outcome: 'secret_revoked', last4: old.slice(-4) });
  });

  it('ends when its current secret leaks', async () => {
    const { id } = await createToken();
    await report(bodyOf(await rotate(id)));
    await becomes(id, 'revoked');
  });
});

describe('a leak that is reported more than once', () => {
  const leaksOf = async (id: number) => (await eventsOf(id)).filter(({ type }) => type === 'token.leaked').map(({ data }) => data.leak);
  const allDealtWith = () =>
    expect
      .poll(async () => (await database.query('select from leak_reports where processed_at is null')).rowCount, { timeout: 10_000 })
      .toBe(0);

  it('by GitHub is told once for each report, and ends the token once', async () => {
    const { id, token } = await createToken();
    // Two places in one message, and the same message twice at once.
    await Promise.all([report(bodyOf(token, token)), report(bodyOf(token, token))]);
    await allDealtWith();
    const outcomes = (await leaksOf(id)).map((leak) => (leak as { outcome: string }).outcome);
    expect(outcomes).toEqual(['revoked', 'none', 'none', 'none']);
    expect((await actionsOf(id)).filter(({ action }) => action === 'token.revoke')).toHaveLength(1);
    expect((await eventsOf(id)).filter(({ type }) => type === 'token.revoked')).toHaveLength(1);
  });

  it('by GitHub after its token was revoked here is told all the same, and changes nothing', async () => {
    const { id, token } = await createToken();
    await management.send(`/api/api-tokens/${id}/revoke`, { method: 'POST', headers: { authorization: `Bearer ${admin.jwt}` } });
    const before = await tokenNow(id);
    expect((await report(bodyOf(token))).status).toBe(202);
    await allDealtWith();
    expect(await leaksOf(id)).toMatchObject([{ reporter: 'github', outcome: 'none' }]);
    expect(await tokenNow(id)).toEqual(before);
  });

  it('by its holder, twice at once and after it was revoked, is told once', async () => {
    const { id, token } = await createToken();
    const revoke = () => management.send('/leaks/revoke', { method: 'POST', body: { token } });
    expect((await Promise.all([revoke(), revoke()])).map(({ status }) => status)).toEqual([202, 202]);
    expect((await revoke()).status).toBe(202);
    await allDealtWith();
    expect(await leaksOf(id)).toMatchObject([{ reporter: 'holder', outcome: 'revoked' }]);
  });
});

describe('a token of a type that can not be revoked', () => {
  it('lives on whoever reports it, gets the same answer, and is told: by GitHub each time, by holders once a day', async () => {
    const keyTypes = { publishable: aKeyTypeRule({ prefix: 'pk', revocable: false }) };
    let ahead = 0;
    const other = await open('revoke', { policy: { ...DEFAULT_POLICY, keyTypes }, now: () => Date.now() + ahead });
    const { id, token } = await createToken(other.management, other.admin, { key_type: 'publishable' });
    const fromHolder = () => other.management.send('/leaks/revoke', { method: 'POST', body: { token } });
    const answers = [
      await report(bodyOf(token), { on: other.management }),
      await report(bodyOf(createTokenText('pk_live_')), { on: other.management }),
      await report(bodyOf(token), { on: other.management }),
      await fromHolder(),
    ];
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(202);
    const dealtWith = async () => (await other.database.query('select from leak_reports where processed_at is not null')).rowCount;
    await expect.poll(dealtWith, { timeout: 10_000 }).toBe(4);
    expect((await tokenNow(id, other.management)).status).toBe('active');
    const told = (await eventsOf(id, other.database)).slice(1);
    expect(told.map(({ type }) => type)).toEqual(['token.leaked', 'token.leaked']);
    expect(told[0]?.data.leak).toMatchObject({ reporter: 'github', outcome: 'notified' });
    expect((await actionsOf(id, other.management))[0]).toMatchObject({
      action: 'token.leak',
      after: { reporter: 'github', outcome: 'notified' },
    });

    ahead = 25 * 3_600_000;
    await Promise.all([fromHolder(), fromHolder()]);
    await expect.poll(dealtWith, { timeout: 10_000 }).toBe(6);
    const third = (await eventsOf(id, other.database)).slice(3);
    expect(third.map(({ data }) => data.leak)).toMatchObject([{ reporter: 'holder', outcome: 'notified' }]);
    await other.database.end();
    await other.management.close();
  });
});

describe('the policy', () => {
  it('notify tells and leaves the token alone', async () => {
    const other = await open('notify');
    const { id, token } = await createToken(other.management, other.admin);
    await report(bodyOf(token), { on: other.management });
    await expect
      .poll(async () => (await eventsOf(id, other.database)).map(({ type }) => type), { timeout: 10_000 })
      .toEqual(['token.created', 'token.leaked']);
    expect((await tokenNow(id, other.management)).status).toBe('active');
    await other.database.end();
    await other.management.close();
  });

  it('rotate gives the leaked secret one more day and keeps the token', async () => {
    const other = await open('rotate');
    const { id, token } = await createToken(other.management, other.admin);
    await report(bodyOf(token), { on: other.management });
    await expect.poll(async () => (await eventsOf(id, other.database)).length, { timeout: 10_000 }).toBe(2);
    const { rows } = await other.database.query('select expires_at, superseded_at from api_token_secrets where token_id = $1', [id]);
    const hours = (rows[0].expires_at.getTime() - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThan(24.1);
    expect((await tokenNow(id, other.management)).status).toBe('active');
    await other.database.end();
    await other.management.close();
  });

  it('without keys reports are 404, and possession is enough all the same', async () => {
    const plain = await openManagement();
    expect((await report(bodyOf('x'), { on: plain })).status).toBe(404);
    expect((await plain.send('/leaks/revoke', { method: 'POST', body: { token: 'x' } })).status).toBe(202);
    await plain.close();
  });
});

describe('whoever holds a token', () => {
  it('may end it, by body or bearer, and gets the same answer for any text', async () => {
    const [first, second] = [await createToken(), await createToken()];
    const answers = [
      await management.send('/leaks/revoke', { method: 'POST', body: { token: first.token } }),
      await management.send('/leaks/revoke', { method: 'POST', headers: { authorization: `Bearer ${second.token}` } }),
      await management.send('/leaks/revoke', { method: 'POST', body: { token: createTokenText('lk_live_') } }),
      await management.send('/leaks/revoke', { method: 'POST', body: { token: 'anything' } }),
      await management.send('/leaks/revoke', { method: 'POST', body: { token: first.token } }),
    ];
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    await becomes(first.id, 'revoked');
    await becomes(second.id, 'revoked');
    expect((await actionsOf(first.id))[0]).toMatchObject({ action: 'token.revoke', actorName: 'Holder of the token' });
    expect((await eventsOf(first.id)).filter(({ type }) => type === 'token.leaked')).toHaveLength(1);
  });

  it('says what is missing from a body without a token', async () => {
    expect((await management.send('/leaks/revoke', { method: 'POST', body: {} })).status).toBe(400);
  });

  it('is held up after twenty in a minute', async () => {
    const statuses: number[] = [];
    for (let sent = 0; sent < 25; sent += 1)
      statuses.push((await management.send('/leaks/revoke', { method: 'POST', body: { token: 'x' } })).status);
    expect(statuses.at(-1)).toBe(429);
  });
});

it('the pattern of tokens is published, and finds one in a line of text', async () => {
  const answer = await management.send('/.well-known/latchkey-tokens.json');
  const { pattern, prefixes } = answer.json as { pattern: string; prefixes: string[] };
  const token = createTokenText('lk_live_');
  expect(prefixes).toEqual(['lk_live_', 'lk_test_']);
  expect(`key = "${token}";`.match(new RegExp(pattern, 'g'))).toEqual([token]);
});
