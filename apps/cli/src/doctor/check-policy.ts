import type { Policy, TokenListItem } from '@latchkey/api/schemas';
import type { Call } from '../program/call.ts';
import type { Client } from '../session/create-client.ts';
import { describeToken } from '../token/token-text.ts';
import { type Finding, ok, warn } from './finding.ts';

const PAGE = 200;
const MOST_PAGES = 10;
const NAMED = 3;

/** Active tokens that the present configuration would not issue: it was changed after they were. */
export async function checkPolicy(call: Call, client: Client): Promise<Finding> {
  const policy = await client.policy.read.query();
  const { tokens, complete } = await readActive(client);
  const strays = tokens.flatMap((token) => {
    const reason = strayReason(policy, token, call.now());
    return reason === null ? [] : [`${describeToken(token)} ${reason}`];
  });
  const scope = complete ? 'Every active token' : `Each of the ${tokens.length} newest active tokens`;
  if (strays.length === 0) return ok('policy', `${scope} is one that the configuration would issue.`);
  const rest = strays.length > NAMED ? `, and ${strays.length - NAMED} more` : '';
  const message = `The configuration would not issue: ${strays.slice(0, NAMED).join('; ')}${rest}.`;
  return warn('policy', message, 'Issue new tokens in their place, or put what they need back into latchkey.config.ts.');
}

async function readActive(client: Client): Promise<{ tokens: TokenListItem[]; complete: boolean }> {
  const tokens: TokenListItem[] = [];
  for (let page = 0; page < MOST_PAGES; page++) {
    const { tokens: some, total } = await client.token.list.query({
      status: ['active'],
      sort: 'id',
      order: 'desc',
      limit: PAGE,
      offset: page * PAGE,
    });
    tokens.push(...some);
    if ((page + 1) * PAGE >= total) return { tokens, complete: true };
  }
  return { tokens, complete: false };
}

/** `null`: it could be issued today. */
export function strayReason(policy: Policy, token: TokenListItem, now: number): string | null {
  const { keyType, environment, expiresAt } = token;
  if (keyType !== null && !policy.keyTypes.some(({ name }) => name === keyType)) return `has the key type "${keyType}", which is gone`;
  if (environment !== null && !policy.environments.some(({ name }) => name === environment)) {
    return `belongs to the environment "${environment}", which is gone`;
  }
  const unknown = token.scopes.find((scope) => policy.scopes.length > 0 && !policy.scopes.some(({ name }) => name === scope));
  if (unknown !== undefined) return `holds the scope "${unknown}", which is gone`;
  const { maxSeconds } = policy.expiry;
  const isTooLong = maxSeconds !== null && (expiresAt === null || Date.parse(expiresAt) > now + maxSeconds * 1_000);
  return isTooLong ? 'lives longer than tokens may' : null;
}
