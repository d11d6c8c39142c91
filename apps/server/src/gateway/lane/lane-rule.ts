import { isVerifyRequest } from '../../http/is-public-request.ts';
import { createThreadRule } from '../../thread/is-served-by-thread.ts';

/** Whether a request is for the upstream and nobody else: what a thread answers, but for what proxies ask about requests of theirs. */
export function createLaneRule(policy: { readonly selfManagement: boolean }): (target: string) => boolean {
  const isServedByThread = createThreadRule(policy);
  return (target) => isServedByThread(target) && !isVerifyRequest(target);
}
