import { expect, it } from 'vitest';
import { accountForRecords } from './account-for-records.ts';

const row = (gateway: string, hour: string, counts: Partial<Record<'stored' | 'unwanted' | 'missing' | 'dropped', number>>) => ({
  ...{ gateway, hour: `2026-11-20T${hour}:00:00.000Z`, stored: 0, unwanted: 0, missing: 0, dropped: 0 },
  ...counts,
});

it('adds up every record by gateway and over all, so that nothing is left over', () => {
  const rows = [
    row('eu-1', '11', { stored: 5, missing: 1 }),
    row('us-1', '11', { stored: 20 }),
    row('eu-1', '10', { stored: 7, unwanted: 2, dropped: 4 }),
  ];
  const { total, gateways, hours } = accountForRecords(rows);
  expect(total).toEqual({ accepted: 39, stored: 32, unwanted: 2, missing: 1, dropped: 4 });
  expect(gateways).toEqual([
    { gateway: 'us-1', accepted: 20, stored: 20, unwanted: 0, missing: 0, dropped: 0 },
    { gateway: 'eu-1', accepted: 19, stored: 12, unwanted: 2, missing: 1, dropped: 4 },
  ]);
  expect(hours.map(({ hour, gateway, accepted }) => [hour.slice(11, 13), gateway, accepted])).toEqual([
    ['11', 'eu-1', 6],
    ['11', 'us-1', 20],
    ['10', 'eu-1', 13],
  ]);
});

it('says that there was nothing', () => {
  expect(accountForRecords([])).toEqual({
    total: { accepted: 0, stored: 0, unwanted: 0, missing: 0, dropped: 0 },
    gateways: [],
    hours: [],
  });
});
