import type { TokenTrialView, TrialReport } from '@latchkey/database';
import type { ApiContext } from '../context.ts';

const NOTHING: TrialReport = { requests: 0, denied: { total: 0, endpoint: 0, scope: 0, rate: 0 }, hoursDenied: 0, endpoints: [] };

/** The trial of a token and what it would have refused since it began; zeros where nothing is on trial. */
export async function readTrialReport(ctx: ApiContext, id: number): Promise<TrialReport & { trial: TokenTrialView | null }> {
  const { trial } = await ctx.tokens.get(id);
  if (trial === null) return { ...NOTHING, trial };
  return { ...(await ctx.usage.readTrial(id, Date.parse(trial.since), ctx.now())), trial };
}
