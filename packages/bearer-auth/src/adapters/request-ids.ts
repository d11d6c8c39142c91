import { createRequestIds } from '../create-request-ids.ts';

/** An id goes into a head and a log as it is. */
const SAFE_ID = /^[!-~]{1,128}$/;

/** Ids as `chosen` makes them, where they are safe to pass on. */
export function requestIds(chosen: (() => string) | undefined): () => string {
  const create = createRequestIds();
  if (chosen === undefined) return create;
  return () => {
    const id = chosen();
    return SAFE_ID.test(id) ? id : create();
  };
}
