import { OperationError, type ReplayProposal } from '@latchkey/core';
import type { ApiContext } from '../context.ts';
import type { WhatIf, WhatIfInput } from '../schemas/what-if.ts';

const DAY_MS = 86_400_000;

/** Tries rules on the logged requests of the last days. A window that is not given is the token's own. */
export async function readWhatIf(ctx: ApiContext, input: WhatIfInput): Promise<WhatIf> {
  const proposal = await toProposal(ctx, input);
  const to = ctx.now();
  const asked = to - input.days * DAY_MS;
  // The log is dropped by whole days; what is left of the oldest one is not the whole of it.
  const kept = (Math.floor(to / DAY_MS) - ctx.facts.logRetentionDays + 1) * DAY_MS;
  const { isCut, ...result } = await ctx.usage.readWhatIf({ tokenId: input.id, from: Math.max(asked, kept), to, proposal });
  const { peak } = result;
  return {
    ...result,
    limitedBy: limitation(isCut, asked < kept),
    peakShare: peak === null || proposal.rateLimit === null ? null : peak / proposal.rateLimit.max,
  };
}

function limitation(isCut: boolean, isOlder: boolean): WhatIf['limitedBy'] {
  if (isCut) return 'volume';
  return isOlder ? 'retention' : null;
}

async function toProposal(ctx: ApiContext, input: WhatIfInput): Promise<ReplayProposal> {
  const { id, allowedEndpoints, rateLimit, rateLimitWindowMs, rateLimitAlgorithm } = input;
  if (allowedEndpoints === undefined && rateLimit === undefined) {
    const message = 'Propose something: allowed_endpoints or rate_limit.';
    throw new OperationError('VALIDATION_ERROR', 'Invalid input', [{ path: 'rateLimit', message }]);
  }
  const held = await ctx.tokens.get(id);
  const windowMs = rateLimitWindowMs ?? held.rateLimitWindowMs;
  const algorithm = rateLimitAlgorithm ?? held.rateLimitAlgorithm;
  return {
    allowedEndpoints: allowedEndpoints === undefined ? null : (allowedEndpoints ?? []),
    rateLimit: rateLimit === undefined ? null : { max: rateLimit, windowMs, algorithm },
  };
}
