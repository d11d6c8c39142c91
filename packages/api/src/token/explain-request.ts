import {
  type Counters,
  compileAccessRules,
  DEFAULT_RATE_LIMIT,
  DENIALS,
  type DenialCode,
  EVERY_IMPORTED_KIND,
  type Explanation,
  explain,
  loadToken,
  OperationError,
  type Presented,
  parseRequestPath,
  type Question,
  type QuestionName,
  type TokenPolicy,
  tokenStatus,
  tokenTextFault,
} from '@latchkey/core';
import type { RequestRow } from '@latchkey/database';
import type { ApiContext } from '../context.ts';
import { claimsOfView } from '../limit/claims-of-view.ts';
import type { ExplainInput, ExplanationView } from '../schemas/explain.ts';

/** A request to be judged: one that was logged, or one that nobody sent. */
interface Asked {
  readonly presented: Presented;
  readonly tokenId: number | null;
  readonly method: string;
  readonly path: string;
  readonly ipAddress: string | null;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly recorded: RequestRow | null;
}

/** Every check about a request with what it says, and the counters: looked at, never counted. */
export async function explainRequest(ctx: ApiContext, input: ExplainInput): Promise<ExplanationView> {
  const asked = input.requestId === undefined ? await askAboutNew(ctx, input) : await askAboutLogged(ctx, input.requestId, input);
  const token = asked.tokenId === null ? null : loadToken(await ctx.tokens.getRecord(asked.tokenId));
  const counters = token === null ? null : await readCounters(ctx, token.record.id);
  const explanation = explain({ presented: asked.presented, token, ...accessRequest(ctx.policy, asked), now: asked.at, counters });
  return {
    ...describeOutcome(explanation),
    token: token && { id: token.record.id, name: token.record.name, status: tokenStatus(token.record, ctx.now()) },
    request: { method: asked.method, path: asked.path, ipAddress: asked.ipAddress, at: isoInstant(asked.at) },
    recorded: asked.recorded && (await describeRecorded(ctx, asked.recorded)),
    counters: counters && describeCounters(counters),
  };
}

/** What was logged, judged by the rules of now: by those of then it was judged then. */
async function askAboutLogged(ctx: ApiContext, requestId: string, input: ExplainInput): Promise<Asked> {
  const at = input.at === undefined ? undefined : Date.parse(input.at);
  const recorded = await ctx.usage.findRequest({ requestId, tokenId: input.tokenId, at });
  if (recorded === null) {
    const days = ctx.facts.logRetentionDays;
    throw new OperationError(
      'NOT_FOUND',
      `The log holds no request with this id. It keeps ${days} days, and only requests of known tokens.`,
    );
  }
  const { tokenId, method, path, ipAddress } = recorded;
  return { presented: 'id', tokenId, method, path, ipAddress, at: ctx.now(), recorded };
}

async function askAboutNew(ctx: ApiContext, input: ExplainInput): Promise<Asked> {
  const at = input.at === undefined ? ctx.now() : Date.parse(input.at);
  const request = { method: input.method.toUpperCase(), path: input.path ?? '/', ipAddress: input.ipAddress, at, recorded: null };
  if (input.tokenId !== undefined) return { ...request, presented: 'id', tokenId: input.tokenId };
  return { ...request, ...(await identify(ctx, input.token ?? '')) };
}

/** The text is digested here and goes no further. */
async function identify(ctx: ApiContext, text: string): Promise<Pick<Asked, 'presented' | 'tokenId'>> {
  const digests = ctx.mint.candidates(text, EVERY_IMPORTED_KIND);
  const [found] = digests.length === 0 ? [] : (await ctx.tokens.list({ limit: 1, offset: 0, sort: 'id', order: 'asc', digests })).tokens;
  const fault = tokenTextFault(text);
  if (found) return { presented: fault === null ? 'known' : 'imported', tokenId: found.id };
  return { presented: fault === null ? 'unknown' : fault === 'checksum' ? 'bad_checksum' : 'bad_shape', tokenId: null };
}

/** What the guard in front of the public API would ask for, and by which rules; no request for a path that is not canonical. */
function accessRequest(policy: TokenPolicy, { method, path, ipAddress }: Asked): Pick<Question, 'request' | 'rules'> {
  const parsed = parseRequestPath(path);
  if (!parsed.ok) return { request: null, rules: [] };
  const environment = policy.strictEnvironmentIsolation ? policy.currentEnvironment : null;
  const matcher = compileAccessRules(policy.rules);
  const { scopes, permissions } = matcher.find(method, parsed.decoded);
  const required = { requiredScopes: scopes, requiredPermissions: permissions };
  const request = { method, path: parsed.decoded, ip: ipAddress, environment, configId: null, ...required };
  return { request, rules: matcher.list(method, parsed.decoded) };
}

/** `null` when the counter can not be asked: the rest of the explanation holds without it. */
async function readCounters(ctx: ApiContext, tokenId: number): Promise<Counters | null> {
  const token = await ctx.tokens.get(tokenId);
  const claims = claimsOfView(token, ctx.policy.pools);
  try {
    const states = await ctx.counter.peek(claims, ctx.now());
    const windows = states.map((state, index) => ({ name: state.name, limit: claims[index]?.limit ?? DEFAULT_RATE_LIMIT, state }));
    return { windows, quota: token.remaining === null ? null : { remaining: token.remaining } };
  } catch {
    return null;
  }
}

function describeOutcome({ reason, decidedBy, charge, findings }: Explanation) {
  const denial = reason === null ? null : DENIALS[reason];
  return {
    decision: denial === null ? ('allow' as const) : ('deny' as const),
    status: denial?.status ?? null,
    code: denial?.code ?? null,
    error: denial?.error ?? null,
    message: denial?.message ?? null,
    decidedBy,
    charge,
    findings: findings.map(({ reason: refusal, needs, ...finding }) => ({
      ...finding,
      code: refusal === null ? null : DENIALS[refusal].code,
      needs: needs.map((need) => ({ ...need, rules: [...need.rules] })),
    })),
  };
}

/** Which check answers with a code; those of a token's text never reach the log. */
const CHECK_OF_CODE: Partial<Record<DenialCode, QuestionName>> = {
  INVALID_API_KEY: 'configuration',
  ENVIRONMENT_MISMATCH: 'environment',
  KEY_REVOKED: 'revoked',
  KEY_DISABLED: 'enabled',
  KEY_NOT_YET_VALID: 'not_before',
  KEY_EXPIRED: 'expiry',
  IP_NOT_ALLOWED: 'address',
  ENDPOINT_NOT_ALLOWED: 'endpoint',
  INSUFFICIENT_SCOPE: 'scope',
  RATE_LIMITED: 'rate',
  USAGE_EXCEEDED: 'quota',
};

async function describeRecorded(ctx: ApiContext, row: RequestRow) {
  const { updatedAt } = await ctx.tokens.get(row.tokenId);
  return {
    requestId: row.requestId,
    at: row.at,
    status: row.status,
    outcome: row.outcome,
    decidedBy: CHECK_OF_CODE[row.outcome as DenialCode] ?? null,
    changedSince: Date.parse(updatedAt) > Date.parse(row.at),
  };
}

function describeCounters({ windows, quota }: Counters) {
  return {
    quota,
    windows: windows.map(({ name, limit, state }) => ({
      name,
      limit: limit.max,
      windowMs: limit.windowMs,
      algorithm: limit.algorithm,
      current: state.current,
      remaining: state.remaining,
      resetAt: state.current === 0 ? null : isoInstant(state.resetAt),
    })),
  };
}

function isoInstant(at: number): string {
  return new Date(at).toISOString();
}
