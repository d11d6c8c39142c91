import { isPublicRequest } from '../http/is-public-request.ts';

/** Tokens that manage tokens write to the database, which the main thread alone does. */
const OWN_TOKENS = /^\/api\/tokens(?:[/?]|$)/;
/** A token that asks about itself is told from the database, too. */
const OWN_STATE = /^\/api\/_token(?:\?|$)/;

/** Whether a thread answers a request itself; the main one answers all others, behind a guard with the same limits. */
export function createThreadRule({ selfManagement }: { readonly selfManagement: boolean }): (target: string) => boolean {
  return (target) => isPublicRequest(target) && !OWN_STATE.test(target) && !(selfManagement && OWN_TOKENS.test(target));
}
