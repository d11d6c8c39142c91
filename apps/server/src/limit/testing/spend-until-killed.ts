import { writeSync } from 'node:fs';
import { createQuotaKeeper } from '@latchkey/bearer-auth';
import { openDatabase } from '@latchkey/database';

// A process that spends a token's quota until somebody kills it, and says so of every unit before it takes the next.
const [url = '', tokenId] = process.argv.slice(2);
const database = await openDatabase({ url });
const keeper = createQuotaKeeper({ ledger: database.quotaLedger, now: Date.now });
const quota = { refillAmount: null, refillIntervalMs: null, epoch: 0 };

for (;;) {
  const { outcome } = await keeper.take(Number(tokenId), quota, 1, Date.now());
  if (outcome === 'taken') writeSync(1, '.');
}
