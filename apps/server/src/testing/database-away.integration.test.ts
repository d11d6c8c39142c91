import { expect, test } from 'vitest';
import { takeDatabaseAway } from './database-away.ts';
import { DISTURBANCES } from './disturb-database.ts';

// The long form, a minute of each, is torture/database-away.ts; its figures are in docs/reliability.md.
test.each(DISTURBANCES)(
  'a database that is %s under load: nothing is lost, nothing doubled, and known tokens are served',
  { timeout: 240_000 },
  async (how) => {
    const result = await takeDatabaseAway({ how, seconds: 3, perSecond: 60 });
    const { answered, meanwhile, logged, lost, doubled, wrongStatus, totals, statuses } = result;
    expect({ lost, doubled, wrongStatus }).toEqual({ lost: [], doubled: [], wrongStatus: [] });
    expect(statuses).toEqual({ 200: expect.any(Number), 404: expect.any(Number) });
    expect(meanwhile).toBeGreaterThan(50);
    expect(logged).toBeGreaterThanOrEqual(answered);
    expect(totals).toEqual({ byHour: logged, byDay: logged, byEndpoint: logged, acrossTokens: logged, lifetime: logged });
  },
);
