import type { GatewayHourRow } from '@latchkey/database';
import type { GatewayAccount, RecordAccount } from '../schemas/record-account.ts';

/** Adds up what became of usage records, over everything and by gateway. */
export function accountForRecords(rows: readonly GatewayHourRow[]): Pick<RecordAccount, 'total' | 'gateways' | 'hours'> {
  const byGateway = new Map<string, GatewayHourRow[]>();
  for (const row of rows) byGateway.set(row.gateway, [...(byGateway.get(row.gateway) ?? []), row]);
  const gateways = [...byGateway].map(([gateway, own]): GatewayAccount => ({ gateway, ...sum(own) }));
  return {
    total: sum(rows),
    gateways: gateways.toSorted((a, b) => b.accepted - a.accepted || a.gateway.localeCompare(b.gateway)),
    hours: rows.map((row) => ({ gateway: row.gateway, hour: row.hour, ...sum([row]) })),
  };
}

function sum(rows: readonly GatewayHourRow[]): RecordAccount['total'] {
  const total = { accepted: 0, stored: 0, unwanted: 0, missing: 0, dropped: 0 };
  for (const { stored, unwanted, missing, dropped } of rows) {
    total.accepted += stored + unwanted + missing + dropped;
    total.stored += stored;
    total.unwanted += unwanted;
    total.missing += missing;
    total.dropped += dropped;
  }
  return total;
}
