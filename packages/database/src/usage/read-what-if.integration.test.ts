import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openUsageFixture, type UsageFixture } from './usage-fixture.ts';
import { usage } from './usage-record-fixture.ts';

let db: UsageFixture;
beforeAll(async () => {
  db = await openUsageFixture('2026-11-20T12:30:00Z');
});
afterAll(() => db.close());

const SPAN = { from: Date.parse('2026-11-20T00:00:00Z'), to: Date.parse('2026-11-20T12:30:00Z') };
const NOTHING = { allowedEndpoints: null, rateLimit: null };
const TWO_A_MINUTE = { max: 2, windowMs: 60_000, algorithm: 'fixed' } as const;

describe('a replay', () => {
  test('judges the log in the order of time, whatever order it came in, and says when and where it would refuse', async () => {
    const id = await db.addToken('replayed');
    await db.ingest(
      usage(id, '2026-11-20T10:00:59Z'),
      usage(id, '2026-11-20T10:00:00Z'),
      usage(id, '2026-11-20T10:00:30Z', { endpoint: '/stores', path: '/stores' }),
      usage(id, '2026-11-20T10:01:00Z'),
      usage(id, '2026-11-20T11:59:58Z', { status: 502, outcome: 'UPSTREAM_ERROR' }),
      usage(id, '2026-11-20T11:59:59Z', { method: 'POST', status: 404 }),
      usage(id, '2026-11-20T12:00:00Z', { method: 'POST' }),
    );
    expect(await db.reader.readWhatIf({ tokenId: id, ...SPAN, proposal: { ...NOTHING, rateLimit: TWO_A_MINUTE } })).toEqual({
      from: '2026-11-20T00:00:00.000Z',
      to: '2026-11-20T12:30:00.000Z',
      isCut: false,
      requests: 7,
      refused: { total: 2, endpoint: 0, rate: 2 },
      newlyRefused: 2,
      newlyAllowed: 0,
      hoursRefused: 2,
      hours: [
        { at: '2026-11-20T10:00:00.000Z', requests: 4, refused: 1 },
        { at: '2026-11-20T11:00:00.000Z', requests: 2, refused: 0 },
        { at: '2026-11-20T12:00:00.000Z', requests: 1, refused: 1 },
      ],
      worstHour: { at: '2026-11-20T10:00:00.000Z', requests: 4, refused: 1 },
      endpoints: [
        { endpoint: '/products', method: 'POST', requests: 2, refused: 1 },
        { endpoint: '/products', method: 'GET', requests: 4, refused: 1 },
      ].sort((a, b) => b.requests - a.requests),
      peak: 3,
    });
  });

  test('compares the path that was judged: with its escapes decoded', async () => {
    const id = await db.addToken('decoded');
    await db.ingest(usage(id, '2026-11-20T10:00:00Z', { path: '/caf%C3%A9/1', endpoint: '/café/:id' }));
    const proposal = { ...NOTHING, allowedEndpoints: ['/café/*'] };
    expect(await db.reader.readWhatIf({ tokenId: id, ...SPAN, proposal })).toMatchObject({ requests: 1, refused: { total: 0 } });
  });

  test('judges refusals of the kind that is tried anew, and leaves all others out', async () => {
    const id = await db.addToken('refused');
    await db.ingest(
      usage(id, '2026-11-20T10:00:00Z'),
      usage(id, '2026-11-20T10:00:01Z', { status: 429, outcome: 'RATE_LIMITED' }),
      usage(id, '2026-11-20T10:00:02Z', { status: 403, outcome: 'ENDPOINT_NOT_ALLOWED', path: '/stores', endpoint: '/stores' }),
      usage(id, '2026-11-20T10:00:03Z', { status: 401, outcome: 'KEY_DISABLED' }),
    );
    const limit = await db.reader.readWhatIf({ tokenId: id, ...SPAN, proposal: { ...NOTHING, rateLimit: TWO_A_MINUTE } });
    expect(limit).toMatchObject({ requests: 2, refused: { total: 0 }, newlyAllowed: 1, peak: 2 });
    const list = await db.reader.readWhatIf({ tokenId: id, ...SPAN, proposal: { ...NOTHING, allowedEndpoints: ['/stores'] } });
    expect(list).toMatchObject({ requests: 2, refused: { endpoint: 1 }, newlyAllowed: 1, newlyRefused: 1, peak: null });
  });

  test('reads more than one portion, and only its own token', async () => {
    const [id, other] = [await db.addToken('long'), await db.addToken('other')];
    const start = Date.parse('2026-11-20T08:00:00Z');
    const many = Array.from({ length: 4_500 }, (_, index) => usage(index % 3 === 0 ? other : id, new Date(start + index).toISOString()));
    await db.ingest(...many);
    const { requests, refused } = await db.reader.readWhatIf({ tokenId: id, ...SPAN, proposal: { ...NOTHING, rateLimit: TWO_A_MINUTE } });
    expect({ requests, refused: refused.rate }).toEqual({ requests: 3_000, refused: 2_998 });
  });
});
