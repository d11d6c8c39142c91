import { DENIALS, type DenialCode } from '@latchkey/core';
import type { GuardRequest, TokenInquiry } from './guard-request.ts';
import type { Verdict } from './verdict.ts';

/** A request as callbacks see it: nothing that could hold the token is in it. */
export interface AuthenticationRequest {
  readonly method: string;
  /** Without query; `null` for a token that was judged without a request, and for a request outside of the mount. */
  readonly path: string | null;
  readonly ip: string | null;
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What came of it. */
export interface AuthenticationResult extends AuthenticationRequest {
  readonly allowed: boolean;
  readonly code: 'VALID' | DenialCode;
  /** `null` while no token was identified. */
  readonly tokenId: number | null;
  readonly ownerType: string | null;
  readonly ownerId: string | null;
}

/**
 * Callbacks around every authentication check (S2-162…168, 214). They run after the verdict, from a queue: they neither hold up nor change
 * what the request gets. What they throw or reject with goes to `onHookError`.
 */
export interface GuardHooks {
  beforeAuthentication?(request: AuthenticationRequest): void | Promise<void>;
  afterAuthentication?(result: AuthenticationResult): void | Promise<void>;
  /** Default: it is forgotten. */
  onHookError?(error: unknown): void;
  /** Checks that may wait for their callbacks; those beyond are dropped and counted. Default 1,000. */
  readonly maxQueued?: number;
  /** Checks whose callbacks may be under way at the same time. Default 8. */
  readonly concurrency?: number;
}

export interface HookQueue {
  /** Queues the callbacks of a check as soon as its verdict is there. */
  note(request: GuardRequest | TokenInquiry, verdict: Verdict | Promise<Verdict>): void;
  /** Checks whose callbacks were not called because the queue was full. */
  readonly dropped: number;
  /** Resolves when everything that was queued was called, or after a second: a callback that never ends holds up no shutdown either. */
  drain(): Promise<void>;
}

const PATIENCE_MS = 1_000;

interface Entry {
  readonly request: GuardRequest | TokenInquiry;
  readonly verdict: Verdict;
  readonly at: number;
}

/** @throws RangeError for bounds that are no whole numbers of at least 1. */
export function createHookQueue(hooks: GuardHooks, now: () => number): HookQueue {
  const { maxQueued = 1_000, concurrency = 8 } = hooks;
  if (![maxQueued, concurrency].every((bound) => Number.isInteger(bound) && bound >= 1)) {
    throw new RangeError('maxQueued and concurrency of hooks must be whole numbers of at least 1.');
  }
  const waiting: Entry[] = [];
  const idle = new Set<() => void>();
  let running = 0;
  let scheduled = false;
  let dropped = 0;

  function add(entry: Entry): void {
    if (waiting.length >= maxQueued) {
      dropped += 1;
      return;
    }
    waiting.push(entry);
    schedule();
  }

  /** Not in the turn of the request: what a callback does before its first await would hold up the answer. */
  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      start();
    });
  }

  function start(): void {
    for (const entry of waiting.splice(0, concurrency - running)) {
      running += 1;
      void call(entry).then(finish);
    }
  }

  function finish(): void {
    running -= 1;
    if (waiting.length > 0) schedule();
    else if (running === 0) for (const resolve of idle) resolve();
  }

  async function call({ request, verdict, at }: Entry): Promise<void> {
    const shown = describeRequest(request, at);
    await attempt(async () => hooks.beforeAuthentication?.(shown));
    await attempt(async () => hooks.afterAuthentication?.({ ...shown, ...describeVerdict(verdict) }));
  }

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      tellOf(error);
    }
  }

  function tellOf(error: unknown): void {
    try {
      hooks.onHookError?.(error);
    } catch {
      // Whoever is told of errors and fails has nobody left to tell.
    }
  }

  return {
    note(request, verdict) {
      const at = now();
      if (verdict instanceof Promise) void verdict.then((settled) => add({ request, verdict: settled, at }));
      else add({ request, verdict, at });
    },
    get dropped() {
      return dropped;
    },
    async drain() {
      if (waiting.length === 0 && running === 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, PATIENCE_MS);
      idle.add(resolve);
      await promise;
      clearTimeout(timer);
      idle.delete(resolve);
    },
  };
}

function describeRequest(request: GuardRequest | TokenInquiry, at: number): AuthenticationRequest {
  const { ip, requestId } = request;
  if ('text' in request) return { method: 'POST', path: null, ip, requestId, at };
  const path = request.target === null ? null : (request.target.split('?', 1)[0] ?? null);
  return { method: request.method, path, ip, requestId, at };
}

function describeVerdict(verdict: Verdict): Omit<AuthenticationResult, keyof AuthenticationRequest> {
  const token = verdict.kind === 'admit' ? verdict.admission.token : verdict.token;
  return {
    allowed: verdict.kind === 'admit',
    code: verdict.kind === 'admit' ? 'VALID' : DENIALS[verdict.reason].code,
    tokenId: token?.id ?? null,
    ownerType: token?.ownerType ?? null,
    ownerId: token?.ownerId ?? null,
  };
}
