import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../open-database.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { ada } from '../testing/new-token.ts';
import type { NewPortalSession } from './portal-session-store.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 22, 12, 30);
const FROM = { ipAddress: '203.0.113.7', userAgent: 'a browser' };

let now = START;
let testDatabase: TestDatabase;
let database: Database;
let client: Client;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({ url: testDatabase.url, now: () => now });
  client = new Client({ connectionString: testDatabase.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.close();
  await testDatabase.drop();
});
beforeEach(() => {
  now = START;
});

const digest = (text: string) => createHash('sha256').update(text).digest();
let made = 0;

function newSession(change: Partial<NewPortalSession> = {}): NewPortalSession & { link: string } {
  const link = `link ${++made}`;
  return {
    link,
    ownerType: 'customer',
    ownerId: '42',
    ownerName: 'Nordlicht',
    returnUrl: 'https://app.example.com/settings',
    returnText: 'Home',
    theme: { '--api-keys-primary-color': '#336699' },
    actions: ['create', 'edit', 'revoke'],
    keyTypes: null,
    environment: null,
    embedOrigin: null,
    linkDigest: digest(link),
    expiresAt: START + 15 * MINUTE,
    ...change,
  };
}

async function create(change: Partial<NewPortalSession> = {}) {
  const { link, ...fields } = newSession(change);
  return { link, session: await database.portalSessions.create(fields, ada) };
}
const open = (link: string, bearer: string) => database.portalSessions.open(digest(link), digest(bearer), FROM);
const findOpen = (bearer: string) => database.portalSessions.findOpen(digest(bearer));

async function actionsOf(id: number) {
  const { entries } = await database.audit.list({ limit: 10, offset: 0, targetType: 'portal_session', targetId: `${id}` });
  return entries.reverse().map(({ action, actorName, targetName }) => [action, actorName, targetName]);
}

describe('a session', () => {
  test('waits for its link to be used, with everything that was asked for and no digest', async () => {
    const { session } = await create();
    expect(session).toEqual({
      id: expect.any(Number),
      ownerType: 'customer',
      ownerId: '42',
      ownerName: 'Nordlicht',
      returnUrl: 'https://app.example.com/settings',
      returnText: 'Home',
      theme: { '--api-keys-primary-color': '#336699' },
      actions: ['create', 'edit', 'revoke'],
      keyTypes: null,
      environment: null,
      embedOrigin: null,
      status: 'waiting',
      createdBy: 'u1',
      createdAt: '2026-11-22T12:30:00.000Z',
      expiresAt: '2026-11-22T12:45:00.000Z',
      openedAt: null,
      revokedAt: null,
    });
  });

  test('is open from the use of its link on, under its bearer and no other', async () => {
    const { link, session } = await create();
    expect(await open(link, 'bearer a')).toMatchObject({ id: session.id, status: 'open', openedAt: '2026-11-22T12:30:00.000Z' });
    expect(await findOpen('bearer a')).toMatchObject({ id: session.id, status: 'open', theme: { '--api-keys-primary-color': '#336699' } });
    expect(await findOpen('bearer b')).toBeNull();
    expect(await findOpen(link)).toBeNull();
  });

  test('is written into the audit log: made by the administrator, opened by its owner, ended by the administrator', async () => {
    const { link, session } = await create();
    await open(link, `bearer of ${link}`);
    await database.portalSessions.revoke(session.id, ada);
    await database.portalSessions.revoke(session.id, ada);
    expect(await actionsOf(session.id)).toEqual([
      ['portal_session.create', 'Ada', 'Nordlicht'],
      ['portal_session.open', 'Nordlicht', 'Nordlicht'],
      ['portal_session.revoke', 'Ada', 'Nordlicht'],
    ]);
  });
});

describe('a link', () => {
  test('is good once', async () => {
    const { link } = await create();
    expect(await open(link, `first of ${link}`)).not.toBeNull();
    expect(await open(link, `second of ${link}`)).toBeNull();
    expect(await findOpen(`second of ${link}`)).toBeNull();
  });

  test('is good once for ten who come at the same moment', async () => {
    const { link } = await create();
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => open(link, `${index} of ${link}`)));
    expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
  });

  test('is worth nothing from its expiry on, and nothing for a session that was ended', async () => {
    const late = await create();
    now = START + 15 * MINUTE;
    expect(await open(late.link, `late ${late.link}`)).toBeNull();
    now = START;
    const ended = await create();
    await database.portalSessions.revoke(ended.session.id, ada);
    expect(await open(ended.link, `ended ${ended.link}`)).toBeNull();
  });
});

describe('the end', () => {
  test('comes by itself at the expiry, to the millisecond', async () => {
    const { link } = await create();
    await open(link, `bearer of ${link}`);
    now = START + 15 * MINUTE - 1;
    expect(await findOpen(`bearer of ${link}`)).not.toBeNull();
    now += 1;
    expect(await findOpen(`bearer of ${link}`)).toBeNull();
  });

  test('comes at once by revoking, and an unknown id is NOT_FOUND', async () => {
    const { link, session } = await create();
    await open(link, `bearer of ${link}`);
    expect(await database.portalSessions.revoke(session.id, ada)).toMatchObject({ status: 'revoked' });
    expect(await findOpen(`bearer of ${link}`)).toBeNull();
    await expect(database.portalSessions.revoke(999_999, ada)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('removes the row a month later, when the next session is made', async () => {
    const { session } = await create({ ownerId: 'long ago' });
    now = START + 31 * 86_400_000;
    await create({ expiresAt: now + MINUTE });
    expect(await database.portalSessions.list({ limit: 10, offset: 0, ownerType: 'customer', ownerId: 'long ago' })).toEqual({
      sessions: [],
      total: 0,
    });
    expect(await actionsOf(session.id)).toHaveLength(1);
  });
});

test('the list is one page, newest first, of one owner where one is named', async () => {
  const ids: number[] = [];
  for (const ownerId of ['7', '8', '7', '7']) ids.push((await create({ ownerId, ownerType: 'listed' })).session.id);
  const page = await database.portalSessions.list({ limit: 2, offset: 0, ownerType: 'listed', ownerId: '7' });
  expect(page).toMatchObject({ total: 3, sessions: [{ id: ids[3], ownerId: '7' }, { id: ids[2] }] });
  const rest = await database.portalSessions.list({ limit: 2, offset: 2, ownerType: 'listed', ownerId: '7' });
  expect(rest.sessions.map(({ id }) => id)).toEqual([ids[0]]);
  expect(await database.portalSessions.list({ limit: 2, offset: 9, ownerType: 'listed', ownerId: '7' })).toEqual({
    sessions: [],
    total: 3,
  });
});

test('neither link nor bearer is in the table', async () => {
  const { link } = await create();
  await open(link, `bearer of ${link}`);
  const { rows } = await client.query('select portal_sessions::text as text from portal_sessions');
  expect(rows.map(({ text }) => text).join()).not.toMatch(/link \d|bearer of/);
});
