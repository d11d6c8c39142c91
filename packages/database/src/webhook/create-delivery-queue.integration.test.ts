import { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../open-database.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { ada, newToken } from '../testing/new-token.ts';
import { createDeliveryQueue } from './create-delivery-queue.ts';
import type { AttemptResult, ClaimedDelivery, DeliveryQueue } from './webhook-store.ts';

const START = Date.UTC(2026, 10, 22, 12);
const DAY = 86_400_000;
const clock = { now: START };

let testDatabase: TestDatabase;
let database: Database;
let pool: Pool;
let queue: DeliveryQueue;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({ url: testDatabase.url, now: () => clock.now });
  pool = new Pool({ connectionString: testDatabase.url });
  queue = createDeliveryQueue({ pool, now: () => clock.now });
});
afterAll(async () => {
  await pool.end();
  await database.close();
  await testDatabase.drop();
});
afterEach(async () => {
  await pool.query('truncate api_tokens, events, webhook_endpoints cascade');
  clock.now = START;
});

const add = async (url: string) =>
  (await database.webhooks.create({ url, description: null, eventTypes: null, secret: Buffer.from('sealed') }, ada)).id;
async function happen(times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) await database.tokens.create(newToken(), ada);
}
const all = { limit: 100, perEndpoint: 100, underWay: new Map<number, number>() };
const ids = (claimed: readonly ClaimedDelivery[]) => claimed.map(({ id }) => id).sort((a, b) => a - b);

function result(verdict: AttemptResult['verdict'], statusCode: number | null = 500): AttemptResult {
  const error = statusCode === null ? 'no answer' : null;
  return { at: clock.now, durationMs: 12, statusCode, error, responseExcerpt: 'x\0y', verdict };
}
const failed = (retryAt: number | null) => result({ kind: 'failed', retryAt });
const delivered = () => result({ kind: 'delivered' }, 204);

describe('the outbox', () => {
  it('an event and its deliveries are one with the change: without the one there is not the other', async () => {
    await add('https://a.example/');
    const { id } = await database.tokens.create(newToken(), ada);
    await pool.query(`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$`);
    await pool.query(`create trigger refuse before insert on webhook_deliveries for each row execute function refuse()`);
    await expect(database.tokens.revoke(id, ada)).rejects.toThrow();
    await pool.query('drop trigger refuse on webhook_deliveries');
    expect((await database.tokens.get(id)).status).toBe('active');
    expect((await pool.query(`select type from events`)).rows).toEqual([{ type: 'token.created' }]);
    await database.tokens.revoke(id, ada);
    expect(await queue.claim(all)).toHaveLength(2);
  });
});

describe('several processes', () => {
  it('share what is due: each delivery is claimed by one of them', async () => {
    await add('https://a.example/');
    await happen(12);
    const other = createDeliveryQueue({ pool, now: () => clock.now });
    const claims = await Promise.all([queue, other, queue, other].map((each) => each.claim({ ...all, limit: 5 })));
    const claimed = claims.flat().map(({ id }) => id);
    expect(new Set(claimed).size).toBe(claimed.length);
    expect(claimed).toHaveLength(12);
  });

  it('one that died leaves its claim to the others after the lease, with the same event id', async () => {
    await add('https://a.example/');
    await happen(1);
    const [first] = await queue.claim(all);
    clock.now += 29_999;
    expect(await queue.claim(all)).toEqual([]);
    clock.now += 1;
    const [second] = await queue.claim(all);
    expect(second?.event).toEqual(first?.event);
  });

  it('one that comes back too late writes nothing over what another did', async () => {
    await add('https://a.example/');
    await happen(1);
    const [late] = (await queue.claim(all)) as [ClaimedDelivery];
    clock.now += 30_000;
    const [taken] = (await queue.claim(all)) as [ClaimedDelivery];
    expect(await queue.finish(taken, delivered())).toBe(true);
    expect(await queue.finish(late, failed(null))).toBe(false);
    expect(await database.webhooks.delivery(late.id)).toMatchObject({ status: 'delivered', attempts: 1 });
  });
});

describe('fairness', () => {
  it('an endpoint gets no more than its share, however much waits for it', async () => {
    const slow = await add('https://slow.example/');
    await happen(20);
    const quick = await add('https://quick.example/');
    await happen(1);
    const claimed = await queue.claim({ ...all, perEndpoint: 4 });
    const of = (id: number) => claimed.filter(({ webhookId }) => webhookId === id).length;
    expect([of(slow), of(quick)]).toEqual([4, 1]);
    expect(await queue.claim({ ...all, perEndpoint: 4, underWay: new Map([[slow, 4]]) })).toEqual([]);
  });

  it('one that fails is tried with a single delivery at a time', async () => {
    const id = await add('https://down.example/');
    await happen(10);
    const [first] = (await queue.claim({ ...all, limit: 1 })) as [ClaimedDelivery];
    await queue.finish(first, failed(clock.now + 5_000));
    expect(await queue.claim({ ...all, perEndpoint: 4 })).toHaveLength(1);
    expect(await queue.claim({ ...all, perEndpoint: 4, underWay: new Map([[id, 1]]) })).toEqual([]);
  });
});

describe('an attempt', () => {
  it('that failed is due again when it is said to be, and the last one ends it', async () => {
    const id = await add('https://a.example/');
    await happen(1);
    const [first] = (await queue.claim(all)) as [ClaimedDelivery];
    await queue.finish(first, failed(clock.now + 5_000));
    expect(await queue.claim(all)).toEqual([]);
    clock.now += 5_000;
    const [second] = (await queue.claim(all)) as [ClaimedDelivery];
    expect([ids([second]), second.tries]).toEqual([ids([first]), 1]);
    await queue.finish(second, failed(null));
    clock.now += DAY;
    expect(await queue.claim(all)).toEqual([]);
    expect(await database.webhooks.delivery(first.id)).toMatchObject({ status: 'failed', attempts: 2, nextAttemptAt: null });
    expect(await database.webhooks.get(id)).toMatchObject({ active: true, failingSince: '2026-11-22T12:00:00.000Z' });
  });

  it('an endpoint to which nothing went for days is switched off when a delivery is given up, and says so', async () => {
    const id = await add('https://a.example/');
    await happen(2);
    const [first, second] = (await queue.claim(all)) as [ClaimedDelivery, ClaimedDelivery];
    await queue.finish(first, failed(null));
    clock.now += 3 * DAY;
    const [again] = (await queue.claim(all)) as [ClaimedDelivery];
    expect(again.id).toBe(second.id);
    await queue.finish(again, result({ kind: 'failed', retryAt: null }, null));
    expect(await database.webhooks.get(id)).toMatchObject({
      active: false,
      disabledReason: 'failing',
      lastAttempt: { error: 'no answer' },
    });
    const { entries } = await database.audit.list({ limit: 1, offset: 0, targetType: 'webhook', targetId: `${id}` });
    expect(entries).toMatchObject([
      { action: 'webhook.disable', actorName: 'Latchkey', after: { active: false, disabledReason: 'failing' } },
    ]);
  });

  it('that went well makes a failing endpoint well again', async () => {
    const id = await add('https://a.example/');
    await happen(2);
    const [first, second] = (await queue.claim(all)) as [ClaimedDelivery, ClaimedDelivery];
    await queue.finish(first, failed(clock.now + 5_000));
    await queue.finish(second, delivered());
    expect(await database.webhooks.get(id)).toMatchObject({ failingSince: null, lastAttempt: { statusCode: 204 } });
    expect((await database.webhooks.delivery(first.id)).attemptLog).toMatchObject([{ responseExcerpt: 'x\uFFFDy' }]);
  });
});

it('an endpoint that is deleted while tokens change stops nobody', async () => {
  const id = await add('https://a.example/');
  await Promise.all([happen(5), database.webhooks.delete(id, ada), happen(5)]);
  expect(await queue.claim(all)).toEqual([]);
});
