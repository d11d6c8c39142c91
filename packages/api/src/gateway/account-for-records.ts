import type { GatewayAccounts, GatewayHourCounts } from '@latchkey/database';
import type { RecordAccount } from '../schemas/record-account.ts';

/** Says beside what became of records how many there were. */
export function accountForRecords({ total, gateways, hours }: GatewayAccounts): Pick<RecordAccount, 'total' | 'gateways' | 'hours'> {
  return { total: addUp(total), gateways: gateways.map(addUp), hours: hours.map(addUp) };
}

function addUp<Counts extends GatewayHourCounts>(counts: Counts): Counts & { accepted: number } {
  const { stored, unwanted, missing, dropped } = counts;
  return { ...counts, accepted: stored + unwanted + missing + dropped };
}
