import { adminRouter } from './admin/admin-router.ts';
import { operationsRouter } from './gateway/operations-router.ts';
import { limitRouter } from './limit/limit-router.ts';
import { ownerRouter } from './owner/owner-router.ts';
import { policyRouter } from './policy/policy-router.ts';
import { portalSessionRouter } from './portal/portal-session-router.ts';
import { tokenRouter } from './token/token-router.ts';
import { createCallerFactory, router } from './trpc.ts';
import { usageRouter } from './usage/usage-router.ts';
import { webhookRouter } from './webhook/webhook-router.ts';

export const appRouter = router({
  token: tokenRouter,
  limit: limitRouter,
  owner: ownerRouter,
  policy: policyRouter,
  usage: usageRouter,
  admin: adminRouter,
  portalSession: portalSessionRouter,
  webhook: webhookRouter,
  operations: operationsRouter,
});
export type AppRouter = typeof appRouter;
export const createCaller = createCallerFactory(appRouter);
