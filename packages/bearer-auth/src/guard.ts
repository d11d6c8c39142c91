import {
  type AccessRequest,
  type AccessRule,
  type Counter,
  compileAccessRules,
  type DenialCode,
  type DenialReason,
  decide,
  endpointTemplate,
  joinPermissions,
  type LoadedToken,
  type OwnerPools,
  parseRequestPath,
  passedAll,
  type QuotaState,
  type RateLimitState,
  type RequestPath,
  type RuleDemand,
  type TokenQuota,
  type TokenSource,
} from '@latchkey/core';
import type { Admission } from './admission.ts';
import { createBcryptComparer } from './bcrypt-comparer.ts';
import { findCredential, withoutQueryToken } from './credentials.ts';
import type { GuardRequest, RequiredAccess, TokenInquiry } from './guard-request.ts';
import { createHookQueue, type GuardHooks, type HookQueue } from './hooks.ts';
import { judgeTrial } from './judge-trial.ts';
import type { QuotaKeeper } from './quota/quota-keeper.ts';
import type { LimitsSeen } from './rate-limit-headers.ts';
import { createTokenCache } from './token-cache.ts';
import type { TokenDigester } from './token-digester.ts';
import { createUnknownAttemptCounter } from './unknown-attempts.ts';
import type { UsageSink } from './usage-sink.ts';
import type { Admitted, Refused, Verdict } from './verdict.ts';

/** What a guard stands on, and what it asks of requests. Only the first four have to be given. */
export interface GuardOptions {
  readonly tokens: TokenSource;
  readonly counter: Counter;
  readonly usage: UsageSink;
  readonly digester: TokenDigester;
  /** Epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number;
  /** Name of the protected API in challenges. Default `api`. */
  readonly realm?: string;
  /** Accept only tokens of this environment, and tokens of none. Default: any. */
  readonly environment?: string | null;
  /** Accept only tokens of this configuration. Default: any. */
  readonly configId?: string | null;
  /** A query parameter that may carry the token. Default: none, because URLs end up in logs. */
  readonly queryParameter?: string | null;
  /** Refuse what is not known to have come over TLS, before anything is looked up (C-19). Default `false`. */
  readonly requireHttps?: boolean;
  /** What every request needs; a route may ask for more. Default: nothing. */
  readonly require?: RequiredAccess;
  /** What endpoints need and cost, whatever server the guard stands in. Default: nothing, and 1. */
  readonly rules?: readonly AccessRule[];
  /** Limits that all tokens of one owner share. Default: none. */
  readonly pools?: OwnerPools;
  /** Spends the quotas of tokens. Without it a token with a quota is refused as `temporarily_unavailable`: its quota could not be kept. */
  readonly quota?: QuotaKeeper | null;
  /** Bounds of the token cache: see `createTokenCache`. */
  readonly maxCachedTokens?: number;
  readonly maxStaleSeconds?: number;
  /** Called around every check. Default: nobody. */
  readonly hooks?: GuardHooks;
}

/** Decides about requests: who calls, whether they may, and whether they may now. */
export interface Guard {
  readonly realm: string;
  readonly usage: UsageSink;
  readonly now: () => number;
  /**
   * The verdict on a request, in the order of contract §4. Counts an admitted one against its rate limits and its quota. At once for a
   * cached token with a counter in this process and units of its quota at hand, otherwise a promise. Never rejects: what can not be checked is
   * refused as `temporarily_unavailable`.
   *
   * A request that it has `admitted` before is judged by everything but rate limits and quota, which have counted it; what comes back is the same
   * admission, brought up to what was judged now, with no limits to be seen. Another guard knows nothing of that: two guards are two policies, and
   * each counts.
   */
  check(request: GuardRequest, access?: RequiredAccess): Verdict | Promise<Verdict>;
  /**
   * The verdict on a token without a request: everything `check` looks at but the endpoint and what requests to it need. Counts like a
   * request, and never rejects.
   */
  verify(inquiry: TokenInquiry): Verdict | Promise<Verdict>;
  /**
   * The verdict on a request that asks about the very token it comes with: everything `check` looks at but the endpoint and what requests
   * to it need. Counts nothing; `limits` are what is left now, also where that is nothing. Never rejects.
   */
  inspect(request: GuardRequest): Verdict | Promise<Verdict>;
  /** Forgets these tokens before it returns: for the process that changed them. */
  invalidate(ids: readonly number[]): void;
  readonly cachedTokens: number;
  /** Checks since the start that the cache had the answer for, and those that waited for a look-up. */
  readonly cacheHits: number;
  readonly cacheMisses: number;
  /** Checks whose hooks were not called because too many waited. */
  readonly droppedHookCalls: number;
  /** Calls the hooks that wait, writes what was summed of unknown attempts, and stops listening to the token source. */
  close(): Promise<void>;
}

/** Longer texts are refused before anything is computed over them (G-20). */
const MAX_TOKEN_LENGTH = 512;
const NO_SCOPES: readonly string[] = [];
const NO_WINDOWS: RateLimitState[] = [];
const NO_LIMITS: LimitsSeen = { windows: NO_WINDOWS, quota: null };

type Path = Extract<RequestPath, { ok: true }>;

/** What is known of a request once its path was accepted. */
interface Checked {
  readonly request: GuardRequest;
  readonly path: Path;
  readonly access: RequiredAccess | undefined;
  /** What the rules ask of it. */
  readonly demand: RuleDemand;
  /** Where no request was made. */
  readonly inquiry?: TokenInquiry;
  /** A request about the very token it comes with. */
  readonly isInspection?: boolean;
}

const NO_REQUEST = { method: 'POST', target: null, rawHeaders: [] } as const;
/** What an inquiry is called in the usage log. */
const INQUIRY_PATH: Path = { ok: true, path: '/api-key/verify', decoded: '/api-key/verify', search: '' };

/** What the rules ask of an inquiry: they are about requests. */
const NO_DEMAND: RuleDemand = { scopes: NO_SCOPES, permissions: null, cost: 1 };
const FREE: RuleDemand = { ...NO_DEMAND, cost: 0 };

/** @throws RangeError for a rule that can not be; the message says what to change. */
export function createGuard(options: GuardOptions): Guard {
  const { tokens, counter, usage, digester, now = Date.now, realm = 'api', environment = null, configId = null } = options;
  const {
    queryParameter = null,
    requireHttps = false,
    require: always = {},
    pools,
    quota: keeper = null,
    maxCachedTokens,
    maxStaleSeconds,
  } = options;
  const rules = compileAccessRules(options.rules ?? []);
  const bounds = { maxEntries: maxCachedTokens, maxStaleSeconds };
  const comparer = createBcryptComparer();
  const cache = createTokenCache({ source: tokens, candidates: digester.candidates, comparer, pools, ...bounds });
  const unknown = createUnknownAttemptCounter(usage);

  function check(request: GuardRequest, access?: RequiredAccess): Verdict | Promise<Verdict> {
    // The same answer for every token: plain HTTP tells nobody whether one is good.
    if (requireHttps && request.secure !== true) return refuse(request, 'https_required');
    const path = request.target === null ? null : parseRequestPath(request.target);
    if (path === null || !path.ok) return refuse(request, 'invalid_path');
    const credential = findCredential(request.rawHeaders, path.search, queryParameter);
    if (credential.kind === 'duplicate') return refuse(request, 'duplicate_authorization', path);
    if (credential.kind === 'none') return refuse(request, 'missing', path);
    const checked: Checked = { request, path, access, demand: rules.find(request.method, path.decoded) };
    if (credential.text.length > MAX_TOKEN_LENGTH) return refuseUnknown(checked, credential.text);
    return checkText(checked, credential.text);
  }

  function inspect(request: GuardRequest): Verdict | Promise<Verdict> {
    if (requireHttps && request.secure !== true) return refuse(request, 'https_required');
    const path = request.target === null ? null : parseRequestPath(request.target);
    if (path === null || !path.ok) return refuse(request, 'invalid_path');
    const credential = findCredential(request.rawHeaders, path.search, queryParameter);
    if (credential.kind !== 'token') return refuse(request, credential.kind === 'none' ? 'missing' : 'duplicate_authorization', path);
    const { text } = credential;
    const checked: Checked = { request, path, access: undefined, demand: FREE, isInspection: true };
    return text.length > MAX_TOKEN_LENGTH ? refuseUnknown(checked, text) : checkText(checked, text);
  }

  function verify(inquiry: TokenInquiry): Verdict | Promise<Verdict> {
    const { text, ip, requestId } = inquiry;
    const request = { ...NO_REQUEST, ip, requestId };
    const checked: Checked = { request, path: INQUIRY_PATH, access: undefined, demand: NO_DEMAND, inquiry };
    return text.length > MAX_TOKEN_LENGTH ? refuseUnknown(checked, text) : checkText(checked, text);
  }

  function checkText(checked: Checked, text: string): Verdict | Promise<Verdict> {
    const found = cache.find(text);
    if (!(found instanceof Promise)) {
      return found === null ? refuseUnknown(checked, text) : checkToken(checked, found, checked.request.at ?? now());
    }
    return found.then(
      (token) => (token === null ? refuseUnknown(checked, text) : checkToken(checked, token, now())),
      () => refuse(checked.request, 'temporarily_unavailable', checked.path),
    );
  }

  function refuseUnknown({ request, path }: Checked, text: string): Refused {
    const reason = digester.candidates(text).length === 0 ? 'malformed' : 'unknown';
    unknown.note(reason, digester.fingerprint(text), request.ip, now());
    return refuse(request, reason, path);
  }

  function checkToken(checked: Checked, token: LoadedToken, at: number): Verdict | Promise<Verdict> {
    // A request that can not be recorded is not served, whatever else would be said of it.
    if (!usage.accepting) return refuseToken(checked, token, 'spool_full', at);
    const decision = decide(token, accessRequest(checked), at);
    if (decision.kind === 'deny') return refuseToken(checked, token, decision.reason, at, decision.required);
    if (checked.isInspection === true) return lookAt(checked, token, at);
    const { admitted } = checked.request;
    if (admitted !== undefined && admitted.token.id === token.record.id) return admitAgain(admitted, checked, token, at);
    if (token.claims.length === 0) return checkQuota(checked, token, NO_WINDOWS, at);
    const windows = counter.take(token.claims, checked.demand.cost, at);
    if (!(windows instanceof Promise)) return answerRate(checked, token, windows, at);
    return windows.then(
      (late) => answerRate(checked, token, late, at),
      () => refuse(checked.request, 'temporarily_unavailable', checked.path, { token, demand: checked.demand }),
    );
  }

  /** One request is charged once, and has one record: that of the first time. */
  function admitAgain(admission: Admission, { path }: Checked, token: LoadedToken, at: number): Admitted {
    const judged: Partial<Admission> = {
      token: token.record,
      path: path.path,
      search: searchOf(path),
      endpoint: endpointTemplate(path.decoded),
    };
    return { kind: 'admit', admission: Object.assign(admission, judged), limits: NO_LIMITS, at };
  }

  function searchOf({ search }: Path): string {
    return queryParameter === null ? search : withoutQueryToken(search, queryParameter);
  }

  function answerRate(checked: Checked, token: LoadedToken, windows: RateLimitState[], at: number): Verdict | Promise<Verdict> {
    if (passedAll(windows)) return checkQuota(checked, token, windows, at);
    const limits = { windows, quota: peekQuota(token, at) };
    return refuse(checked.request, 'rate_limited', checked.path, { token, demand: checked.demand, limits });
  }

  function checkQuota(checked: Checked, token: LoadedToken, windows: RateLimitState[], at: number): Verdict | Promise<Verdict> {
    const { quota } = token.record;
    if (quota === null) return admit(checked, token, { windows, quota: null }, at);
    const state = keeper === null ? unknownQuota(quota) : keeper.take(token.record.id, quota, checked.demand.cost, at);
    if (!(state instanceof Promise)) return answerQuota(checked, token, windows, state, at);
    return state.then((late) => answerQuota(checked, token, windows, late, at));
  }

  /** A request that the quota refuses gives back what the rate limits counted of it. */
  function answerQuota(
    checked: Checked,
    token: LoadedToken,
    windows: RateLimitState[],
    quota: QuotaState,
    at: number,
  ): Verdict | Promise<Verdict> {
    if (quota.outcome === 'taken') return admit(checked, token, { windows, quota }, at);
    const { request, path, demand } = checked;
    const reason = quota.outcome === 'exhausted' ? 'usage_exceeded' : 'temporarily_unavailable';
    const answer = (left: RateLimitState[]): Verdict => refuse(request, reason, path, { token, demand, limits: { windows: left, quota } });
    if (token.claims.length === 0) return answer(windows);
    const left = counter.giveBack(token.claims, windows, demand.cost, at);
    return left instanceof Promise ? left.then(answer, () => answer(windows)) : answer(left);
  }

  function peekQuota(token: LoadedToken, at: number): QuotaState | null {
    const { id, quota } = token.record;
    return quota === null || keeper === null ? null : keeper.peek(id, quota, at);
  }

  function lookAt(checked: Checked, token: LoadedToken, at: number): Verdict | Promise<Verdict> {
    const quota = peekQuota(token, at);
    const windows = token.claims.length === 0 ? NO_WINDOWS : counter.peek(token.claims, at);
    if (!(windows instanceof Promise)) return admit(checked, token, { windows, quota }, at);
    return windows.then(
      (late) => admit(checked, token, { windows: late, quota }, at),
      () => refuse(checked.request, 'temporarily_unavailable', checked.path, { token, demand: checked.demand }),
    );
  }

  /** A refusal of an identified token shows its limits, and counts nothing. */
  function refuseToken(
    { request, path, demand }: Checked,
    token: LoadedToken,
    reason: DenialReason,
    at: number,
    required: readonly string[] = NO_SCOPES,
  ): Verdict | Promise<Verdict> {
    const answer = (limits: LimitsSeen | null): Verdict => refuse(request, reason, path, { token, demand, limits, required });
    const quota = peekQuota(token, at);
    if (token.claims.length === 0) return answer({ windows: NO_WINDOWS, quota });
    const windows = counter.peek(token.claims, at);
    if (!(windows instanceof Promise)) return answer({ windows, quota });
    return windows.then(
      (late) => answer({ windows: late, quota }),
      () => answer(null),
    );
  }

  function accessRequest({ request, path, access, demand, inquiry, isInspection }: Checked): AccessRequest {
    if (inquiry !== undefined) return inquiryRequest(inquiry, environment, configId);
    if (isInspection === true) return inquiryRequest({ configId, permissions: null, ip: request.ip }, environment, configId);
    return {
      method: request.method,
      path: path.decoded,
      ip: request.ip,
      environment,
      configId,
      requiredScopes: joinScopes(joinScopes(always.scopes, demand.scopes), access?.scopes),
      requiredPermissions: joinPermissions(joinPermissions(always.permissions, demand.permissions), access?.permissions),
    };
  }

  function admit(checked: Checked, token: LoadedToken, limits: LimitsSeen, at: number): Verdict | Promise<Verdict> {
    const { request, path, demand } = checked;
    const admission: Admission = {
      token: token.record,
      path: path.path,
      search: searchOf(path),
      endpoint: endpointTemplate(path.decoded),
      requestId: request.requestId,
      ip: request.ip,
      cost: demand.cost,
      outcome: 'VALID',
      trial: null,
    };
    const admitted: Admitted = { kind: 'admit', admission, limits, at };
    // What is on trial is about endpoints and counts: neither is asked for here.
    if (token.trial === null || checked.isInspection === true) return admitted;
    const note = (code: DenialCode | null): Verdict => {
      admission.trial = code;
      return admitted;
    };
    const code = judgeTrial(token.trial, accessRequest(checked), { counter, cost: demand.cost, now: at });
    return code instanceof Promise ? code.then(note, () => admitted) : note(code);
  }

  const hookQueue = options.hooks === undefined ? null : createHookQueue(options.hooks, now);

  async function close(): Promise<void> {
    await hookQueue?.drain();
    await comparer.close();
    cache.close();
    await unknown.close();
  }

  return {
    realm,
    usage,
    now,
    // Without hooks a check costs nothing for them.
    check: hookQueue === null ? check : noting(hookQueue, check),
    verify: hookQueue === null ? verify : noting(hookQueue, verify),
    inspect: hookQueue === null ? inspect : noting(hookQueue, inspect),
    invalidate: cache.invalidate,
    get cacheHits() {
      return cache.hits;
    },
    get cacheMisses() {
      return cache.misses;
    },
    get cachedTokens() {
      return cache.size;
    },
    get droppedHookCalls() {
      return hookQueue?.dropped ?? 0;
    },
    close,
  };
}

/** Has the hooks called for each verdict. */
function noting<Subject extends GuardRequest | TokenInquiry>(
  queue: HookQueue,
  judge: (subject: Subject, access?: RequiredAccess) => Verdict | Promise<Verdict>,
): typeof judge {
  return (subject, access) => {
    const verdict = judge(subject, access);
    queue.note(subject, verdict);
    return verdict;
  };
}

function inquiryRequest(
  { configId, permissions, ip }: Pick<TokenInquiry, 'configId' | 'permissions' | 'ip'>,
  environment: string | null,
  ownConfigId: string | null,
): AccessRequest {
  return {
    method: 'POST',
    path: null,
    ip,
    environment,
    configId: configId ?? ownConfigId,
    requiredScopes: NO_SCOPES,
    requiredPermissions: permissions,
  };
}

function refuse(
  request: GuardRequest,
  reason: DenialReason,
  path?: Path,
  known?: { token: LoadedToken; demand: RuleDemand; limits?: LimitsSeen | null; required?: readonly string[] },
): Refused {
  return {
    kind: 'deny',
    reason,
    required: known?.required ?? NO_SCOPES,
    token: known?.token.record ?? null,
    limits: known?.limits ?? null,
    cost: known?.demand.cost ?? 1,
    path: path?.path ?? '',
    endpoint: path === undefined ? '' : endpointTemplate(path.decoded),
    requestId: request.requestId,
    ip: request.ip,
  };
}

function joinScopes(a: readonly string[] | undefined, b: readonly string[] | undefined): readonly string[] {
  if (a === undefined || a.length === 0) return b ?? NO_SCOPES;
  return b === undefined || b.length === 0 ? a : [...new Set([...a, ...b])];
}

/** Of a guard that can not keep quotas. */
function unknownQuota({ refillAmount, refillIntervalMs }: TokenQuota): QuotaState {
  return { outcome: 'unavailable', remaining: 0, refillAmount, refillIntervalMs, refillAt: null };
}
