import type { TokensChanged } from '@latchkey/api';
import type { Guard } from '@latchkey/bearer-auth';
import type { Database } from '@latchkey/database';

/** What this process changed holds in its own guard first, and then in those of all others, before the call that changed it returns. */
export function tellChanges(database: Database, guard: Guard): TokensChanged {
  return async (ids) => {
    database.tokenSource.forgetImported();
    guard.invalidate(ids);
    return database.gateways.confirm();
  };
}
