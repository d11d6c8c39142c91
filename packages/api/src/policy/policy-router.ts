import { policySchema } from '../schemas/policy.ts';
import { router, viewerProcedure } from '../trpc.ts';
import { describePolicy } from './describe-policy.ts';

export const policyRouter = router({
  read: viewerProcedure.output(policySchema).query(({ ctx }) => describePolicy(ctx.policy)),
});
