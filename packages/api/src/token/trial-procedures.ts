import { OperationError } from '@latchkey/core';
import type { Effective, TrialProposal } from '@latchkey/database';
import { z } from 'zod';
import type { ApiContext } from '../context.ts';
import { tokenIdSchema } from '../schemas/common.ts';
import { changedTokenSchema } from '../schemas/token.ts';
import { enforceTrialInputSchema, type SetTrialInput, setTrialInputSchema } from '../schemas/trial.ts';
import { adminProcedure } from '../trpc.ts';
import { chooseScopesOrFault } from './issue-token.ts';

/** Rules on trial (dry run): watched beside the real ones, enforced with one call, or dropped. */
export const trialProcedures = {
  setTrial: adminProcedure
    .input(setTrialInputSchema)
    .output(changedTokenSchema)
    .mutation(async ({ ctx, input }) =>
      announce(ctx, input.id, await ctx.tokens.setTrial(input.id, await toProposal(ctx, input), ctx.actor)),
    ),

  enforceTrial: adminProcedure
    .input(enforceTrialInputSchema)
    .output(changedTokenSchema)
    .mutation(async ({ ctx, input }) => {
      const since = input.since === undefined ? null : Date.parse(input.since);
      return announce(ctx, input.id, await ctx.tokens.enforceTrial(input.id, since, ctx.actor));
    }),

  clearTrial: adminProcedure
    .input(z.object({ id: tokenIdSchema }))
    .output(changedTokenSchema)
    .mutation(async ({ ctx, input }) => announce(ctx, input.id, await ctx.tokens.clearTrial(input.id, ctx.actor))),
};

async function announce<Token>(ctx: ApiContext, id: number, token: Token): Promise<{ token: Token; effective: Effective }> {
  return { token, effective: await ctx.tokensChanged([id]) };
}

async function toProposal(ctx: ApiContext, input: SetTrialInput): Promise<TrialProposal> {
  const faults: { path: string; message: string }[] = [];
  if (input.allowedEndpoints === undefined && input.scopes === undefined && input.rateLimit === undefined) {
    faults.push({ path: 'rateLimit', message: 'Propose something: allowed_endpoints, scopes or rate_limit.' });
  }
  const held = await ctx.tokens.get(input.id);
  const scopes = input.scopes === undefined ? null : chooseScopesOrFault(ctx.policy, input.scopes, held, faults);
  if (faults.length > 0) throw new OperationError('VALIDATION_ERROR', 'Invalid input', faults);
  const windowMs = input.rateLimitWindowMs ?? held.rateLimitWindowMs;
  const algorithm = input.rateLimitAlgorithm ?? held.rateLimitAlgorithm;
  return {
    allowedEndpoints: input.allowedEndpoints === undefined ? null : (input.allowedEndpoints ?? []),
    scopes,
    rateLimit: input.rateLimit === undefined ? null : { max: input.rateLimit, windowMs, algorithm },
  };
}
