import { expect, it } from 'vitest';
import { accountForRecords } from './account-for-records.ts';

it('accounts for every record by gateway, by hour and over all, so that nothing is left over', () => {
  const counts = { stored: 7, unwanted: 2, missing: 1, dropped: 4 };
  const { total, gateways, hours } = accountForRecords({
    total: { ...counts, stored: 27 },
    gateways: [{ gateway: 'eu-1', ...counts }],
    hours: [{ gateway: 'eu-1', hour: '2026-11-20T10:00:00.000Z', ...counts }],
  });
  expect(total).toEqual({ ...counts, stored: 27, accepted: 34 });
  expect(gateways).toEqual([{ gateway: 'eu-1', ...counts, accepted: 14 }]);
  expect(hours).toEqual([{ gateway: 'eu-1', hour: '2026-11-20T10:00:00.000Z', ...counts, accepted: 14 }]);
});
