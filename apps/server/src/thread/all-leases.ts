import type { QuotaKeeper } from '@latchkey/bearer-auth';
import type { AttachedThreads } from '../gateway/open-gateway.ts';

/** What is leased of quotas and not spent, in this thread and in all others. */
export function allLeases(quota: QuotaKeeper, threads: AttachedThreads) {
  return {
    unspent(...state: Parameters<QuotaKeeper['unspent']>): number | Promise<number> {
      const own = quota.unspent(...state);
      return threads.current === null ? own : threads.current.unspent(...state).then((others) => own + others);
    },
  };
}
