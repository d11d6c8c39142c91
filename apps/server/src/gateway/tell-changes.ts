import type { ApiParts } from '@latchkey/api';
import type { Guard } from '@latchkey/bearer-auth';
import type { Database } from '@latchkey/database';

/** What this process changed itself holds in its own guard before the call that changed it returns. */
export function tellChanges(database: Database, guard: Guard): ApiParts['tokensChanged'] {
  return async (ids) => {
    database.tokenSource.forgetImported();
    guard.invalidate(ids);
  };
}
