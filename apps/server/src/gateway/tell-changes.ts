import type { TokensChanged } from '@latchkey/api';
import type { Database } from '@latchkey/database';
import type { Gateway } from './open-gateway.ts';

/** What this process changed holds in its own guards first, those of its threads included, and then in those of all others, before the call that changed it returns. */
export function tellChanges(database: Database, { guard, threads }: Pick<Gateway, 'guard' | 'threads'>): TokensChanged {
  return async (ids) => {
    database.tokenSource.forgetImported();
    guard.invalidate(ids);
    await threads.current?.invalidate(ids);
    return database.gateways.confirm();
  };
}
