import { type AccessRule, compileEndpointPatterns, endpointTemplate, samplePathOf, suggestPatterns } from '@latchkey/core';
import type { EndpointStats, TokenView } from '@latchkey/database';
import type { ApiContext } from '../context.ts';
import type { Evidence } from '../schemas/evidence.ts';

const DAY_MS = 86_400_000;
/** More than a token may have patterns, and what the rollup holds of one token and day at most. */
const MOST_ENDPOINTS = 5_000;
/** Under which the rollup sums endpoints beyond its bound. */
const OTHER_ENDPOINT = '(other)';

/** What a token may do beside what it did in the last days, and the least that would have been enough. Reads rollups only. */
export async function readEvidence(ctx: ApiContext, { id, days }: { id: number; days: number }): Promise<Evidence> {
  const token = await ctx.tokens.get(id);
  const to = ctx.now();
  // Whole days: they are summed, and nothing has to be looked up in the log.
  const from = (Math.floor(to / DAY_MS) - days + 1) * DAY_MS;
  const all = await ctx.usage.readEndpoints({ tokenId: id, from, to, limit: MOST_ENDPOINTS });
  const known = all.filter(({ endpoint }) => endpoint !== OTHER_ENDPOINT);
  const used = known.filter((endpoint) => wasUsed(endpoint, token));
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    requests: sumRequests(all),
    endpoints: { ...assessEndpoints(token, used, known), unknown: sumRequests(all) - sumRequests(known) },
    ...assessNeeds(ctx.policy.rules, token, used),
  };
}

/** What the token may not call at all it never used, and an endpoint that answered nothing but 4xx was of no use to anybody. */
function wasUsed(endpoint: EndpointStats, token: TokenView): boolean {
  return endpoint.requests > endpoint.clientErrors && allows(token.allowedEndpoints, endpoint);
}

function allows(patterns: readonly string[] | null, { endpoint, method }: { endpoint: string; method: string }): boolean {
  return compileEndpointPatterns(patterns).allows(method, samplePathOf(endpoint));
}

function assessEndpoints(token: TokenView, used: readonly EndpointStats[], known: readonly EndpointStats[]) {
  const failedOnly = known.filter((one) => !used.includes(one) && allows(token.allowedEndpoints, one));
  const suggestion = suggestPatterns(used);
  const granted = token.allowedEndpoints?.length ? token.allowedEndpoints : null;
  const isSame = granted !== null && sameSet(granted, suggestion);
  const suggested = used.length === 0 || isSame ? null : suggestion;
  return {
    granted: granted?.map((pattern) => assessPattern(granted, pattern, used, suggestion)) ?? null,
    used: used.map(viewEndpoint),
    failedOnly: failedOnly.map(viewEndpoint),
    suggested,
    impact: suggested && assessImpact(suggested, [...used, ...failedOnly]),
  };
}

/** A request counts for the first pattern that matches, as it does in the guard. */
function assessPattern(granted: readonly string[], pattern: string, used: readonly EndpointStats[], suggestion: readonly string[]) {
  const matcher = compileEndpointPatterns(granted);
  const matched = used.filter(({ endpoint, method }) => matcher.find(method, samplePathOf(endpoint)) === pattern);
  const lastAt = matched
    .map(({ lastAt: at }) => at ?? '')
    .toSorted()
    .at(-1);
  return { pattern, requests: sumRequests(matched), lastAt: lastAt || null, isWider: !suggestion.includes(pattern) };
}

function assessImpact(suggested: readonly string[], endpoints: readonly EndpointStats[]) {
  const refused = endpoints.filter((one) => !allows(suggested, one));
  const wouldBeRefused = sumRequests(refused);
  return { wouldPass: sumRequests(endpoints) - wouldBeRefused, wouldBeRefused, refused: refused.map(viewEndpoint) };
}

/** Which scopes and permissions the rules of the deployment asked for, request by request. */
function assessNeeds(
  rules: readonly AccessRule[],
  token: TokenView,
  used: readonly EndpointStats[],
): Pick<Evidence, 'scopes' | 'permittedActions'> {
  const needed = used.map((endpoint) => ({
    requests: endpoint.requests,
    rules: rules.filter((rule) => mayConcern(rule, endpoint)),
  }));
  const weigh = (held: readonly string[], namesOf: (rule: AccessRule) => readonly string[]) => {
    const isKnown = rules.some((rule) => namesOf(rule).length > 0);
    const weighed = held.map((name) => ({
      name,
      requests: sumRequests(needed.filter((one) => one.rules.some((rule) => namesOf(rule).includes(name)))),
    }));
    const neverNeeded = isKnown ? weighed.filter(({ requests }) => requests === 0).map(({ name }) => name) : [];
    return { known: isKnown, held: weighed, neverNeeded };
  };
  return {
    scopes: weigh(token.scopes, (rule) => rule.scopes),
    permittedActions: weigh(listActions(token.permissions), (rule) => listActions(rule.permissions)),
  };
}

/** The rollup does not tell ids apart: a rule about one of them may have asked for what it says. */
function mayConcern(rule: AccessRule, { endpoint, method }: EndpointStats): boolean {
  const named = rule.endpoint.slice(rule.endpoint.indexOf(' ') + 1).split('/');
  const idOf = (place: number) => (endpointTemplate(`/${named[place]}`) === '/:id' ? named[place] : '1');
  const path = endpoint
    .split('/')
    .map((segment, place) => (segment === ':id' ? idOf(place) : segment))
    .join('/');
  return compileEndpointPatterns([rule.endpoint]).allows(method, path);
}

function listActions(permissions: AccessRule['permissions']): string[] {
  return Object.entries(permissions ?? {}).flatMap(([resource, actions]) => actions.map((action) => `${resource}:${action}`));
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one));
}

function sumRequests(rows: readonly { readonly requests: number }[]): number {
  return rows.reduce((sum, { requests }) => sum + requests, 0);
}

function viewEndpoint({ endpoint, method, requests, lastAt }: EndpointStats) {
  return { endpoint, method, requests, lastAt };
}
