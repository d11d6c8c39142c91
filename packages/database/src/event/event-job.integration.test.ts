import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openUsageFixture, type UsageFixture } from '../usage/usage-fixture.ts';
import { usage } from '../usage/usage-record-fixture.ts';
import { createEventJob, type EventJob } from './event-job.ts';

const START = '2026-11-20T12:30:00.000Z';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let fixture: UsageFixture;
let job: EventJob;
beforeAll(async () => {
  fixture = await openUsageFixture(START);
  job = createEventJob({ pool: fixture.pool, now: fixture.now });
});
afterAll(() => fixture.close());
beforeEach(() => {
  fixture.clock.now = Date.parse(START);
});
afterEach(() => fixture.rows('truncate api_tokens, events, webhook_endpoints, usage_token_hour cascade'));

const at = (ms: number) => new Date(Date.parse(START) + ms);
const eventsOf = async (id: number) =>
  (await fixture.rows('select type, data from events where token_id = $1 order by number', [id])) as {
    type: string;
    data: Record<string, unknown>;
  }[];
const typesOf = async (id: number) => (await eventsOf(id)).map(({ type }) => type);

async function denied(id: number, count: number, outcome: 'RATE_LIMITED' | 'ENDPOINT_NOT_ALLOWED', when = fixture.clock.now) {
  const status = outcome === 'RATE_LIMITED' ? 429 : 403;
  await fixture.ingest(...Array.from({ length: count }, () => usage(id, new Date(when).toISOString(), { status, outcome })));
}

describe('a token that expires', () => {
  it('is told of seven days before, one day before and at the end, once each however often and by whomever it is looked for', async () => {
    const id = await fixture.addToken('ends', { created_at: at(-30 * DAY), expires_at: at(10 * DAY) });
    const other = createEventJob({ pool: fixture.pool, now: fixture.now });
    for (const days of [0, 3.1, 3.2, 9.1, 9.2, 10.1, 10.2, 11]) {
      fixture.clock.now = Date.parse(START) + days * DAY;
      await Promise.all([job.run(), other.run()]);
      await other.run();
    }
    expect(await typesOf(id)).toEqual(['token.expiring', 'token.expiring', 'token.expired']);
    expect((await eventsOf(id)).map(({ data }) => data.expires_in_days)).toEqual([7, 1, undefined]);
    expect((await eventsOf(id))[0]?.data.token).toMatchObject({ id, name: 'ends', expires_at: at(10 * DAY).toISOString() });
  });

  it('that was made for less than a day, is revoked, or expired long ago is none', async () => {
    const ids = [
      await fixture.addToken('short', { created_at: at(0), expires_at: at(0.5 * DAY) }),
      await fixture.addToken('revoked', { created_at: at(-30 * DAY), expires_at: at(DAY / 2), revoked_at: at(-DAY) }),
      await fixture.addToken('old', { created_at: at(-90 * DAY), expires_at: at(-60 * DAY) }),
    ];
    await job.run();
    for (const id of ids) expect(await typesOf(id)).toEqual([]);
  });

  it('with a new expiry is told of again', async () => {
    const id = await fixture.addToken('moved', { created_at: at(-30 * DAY), expires_at: at(6 * DAY) });
    await job.run();
    await fixture.rows('update api_tokens set expires_at = $2 where id = $1', [id, at(6.5 * DAY)]);
    await job.run();
    expect(await typesOf(id)).toEqual(['token.expiring', 'token.expiring']);
  });
});

describe('usage', () => {
  it('the first use of a token is told once, by the transaction that stored it', async () => {
    const id = await fixture.addToken('used');
    await fixture.ingest(usage(id, START, { status: 200, outcome: 'VALID' }));
    await fixture.ingest(usage(id, START, { status: 200, outcome: 'VALID' }));
    expect(await typesOf(id)).toEqual(['token.used_first_time']);
  });

  it('a refusal of the token itself is no use of it', async () => {
    const id = await fixture.addToken('refused');
    await fixture.ingest(usage(id, START, { status: 401, outcome: 'KEY_EXPIRED' }));
    expect(await typesOf(id)).toEqual([]);
  });

  it('a rate limit that is met a thousand times is told once an hour', async () => {
    const id = await fixture.addToken('throttled');
    await denied(id, 15, 'RATE_LIMITED');
    await job.run();
    await denied(id, 4, 'RATE_LIMITED');
    await job.run();
    fixture.clock.now += HOUR;
    await denied(id, 3, 'RATE_LIMITED');
    await job.run();
    expect(await typesOf(id)).toEqual(['token.used_first_time', 'token.rate_limited', 'token.rate_limited']);
  });

  it('refusals far beyond the usual are a spike, told once in six hours', async () => {
    const id = await fixture.addToken('spiking');
    await denied(id, 25, 'ENDPOINT_NOT_ALLOWED');
    await job.run();
    fixture.clock.now += HOUR;
    await denied(id, 60, 'ENDPOINT_NOT_ALLOWED');
    await job.run();
    const spikes = (await eventsOf(id)).filter(({ type }) => type === 'token.denied_spike');
    expect(spikes).toHaveLength(1);
    expect(spikes[0]?.data).toMatchObject({ denied: 25, requests: 25, usual_per_hour: 0 });
  });

  it('refusals that are usual for the token are none', async () => {
    const id = await fixture.addToken('always refused');
    await fixture.rows(
      `insert into usage_token_hour (token_id, hour, requests, ok, client_errors, rate_limited, server_errors, sum_us, request_bytes, response_bytes, denied_endpoint)
       select $1, date_trunc('hour', $2::timestamptz) - make_interval(hours => n), 30, 0, 30, 0, 0, 0, 0, 0, 30 from generate_series(2, 160) n`,
      [id, at(0)],
    );
    await denied(id, 35, 'ENDPOINT_NOT_ALLOWED');
    await job.run();
    expect(await typesOf(id)).not.toContain('token.denied_spike');
  });
});

it('events are kept for thirty days, and longer while one of their deliveries waits', async () => {
  const id = await fixture.addToken('kept');
  const event = (name: string, days: number) =>
    fixture.rows(`insert into events (id, type, occurred_at, token_id, data) values ($1, 'token.updated', $2, $3, '{}')`, [
      name,
      at(-days * DAY),
      id,
    ]);
  await event('evt_new', 29);
  await event('evt_old', 31);
  await fixture.rows(
    `insert into webhook_endpoints (url, secret, created_at, updated_at) values ('https://example.com', '', now(), now())`,
  );
  await event('evt_waiting', 31);
  await job.run();
  expect((await fixture.rows('select id from events order by id')).map((row) => row.id)).toEqual(['evt_new', 'evt_waiting']);
});
