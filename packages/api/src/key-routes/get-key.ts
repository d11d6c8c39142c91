import { findKey } from './find-key.ts';
import { type KeyRouteContext, scheduleCleanup } from './key-route-context.ts';
import type { GetKeyQuery, KeyRecord } from './key-schemas.ts';
import { readKeyRecord } from './read-key-record.ts';

/** One of the caller's keys (S3-005, S3-065, S3-066). */
export async function getKey(ctx: KeyRouteContext, query: GetKeyQuery): Promise<KeyRecord> {
  const { token, configuration } = await findKey(ctx, query);
  await scheduleCleanup(ctx, configuration);
  return readKeyRecord(ctx, token);
}
