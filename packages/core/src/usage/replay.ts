import { compileEndpointPatterns } from '../decision/endpoint-pattern.ts';
import type { RateLimit } from '../limit/rate-limit.ts';
import { emptyWindow, takeFromWindow } from '../limit/window.ts';

/** What is tried on past requests. `null` of a member: as it was. */
export interface ReplayProposal {
  /** `[]`: every endpoint. */
  readonly allowedEndpoints: readonly string[] | null;
  readonly rateLimit: RateLimit | null;
}

/** A request of the past. */
export interface ReplayedRequest {
  /** Epoch milliseconds; never earlier than that of the request before it. */
  readonly at: number;
  readonly method: string;
  /** As it was judged: percent-decoded. Only looked at where a list of endpoints is tried. */
  readonly path: string;
  /** Under which it is counted. */
  readonly endpoint: string;
  /** What it was charged. */
  readonly cost: number;
  /** Whether the rules of then refused it, by a rule of the kind that is tried. */
  readonly wasRefused: boolean;
}

/** One hour of a replay, and how many of its requests the tried rules refuse. */
export interface ReplayHour {
  /** Epoch milliseconds of its beginning, UTC. */
  readonly at: number;
  requests: number;
  refused: number;
}

/** One endpoint of a replay, and how many of its requests the tried rules refuse. */
export interface ReplayEndpoint {
  readonly endpoint: string;
  readonly method: string;
  requests: number;
  refused: number;
}

/** What would have become of a log under rules that were not in force. */
export interface ReplayResult {
  readonly requests: number;
  readonly refused: { readonly total: number; readonly endpoint: number; readonly rate: number };
  /** Passed then, refused by the proposal. */
  readonly newlyRefused: number;
  /** Refused then, let through by the proposal. */
  readonly newlyAllowed: number;
  /** In order of time; hours without requests are left out. */
  readonly hours: readonly ReplayHour[];
  /** The one with the most refusals, the earliest of several; `null`: none has any. */
  readonly worstHour: ReplayHour | null;
  /** Most refusals first; only those with any. */
  readonly endpoints: readonly ReplayEndpoint[];
  /** The most that was asked for within one window, by cost, refused requests included; `null` where no limit is tried. */
  readonly peak: number | null;
}

/** Takes the requests of the past one by one. Its memory grows with the hours and endpoints, not with the requests. */
export interface Replay {
  add(request: ReplayedRequest): void;
  result(): ReplayResult;
}

const HOUR_MS = 3_600_000;
const MOST_ENDPOINTS = 2_000;
const BEYOND_ANY = 1e12;

/**
 * Judges past requests by proposed rules, with the patterns and the window that the guard judges and counts with: an endpoint that is not
 * in the list is refused and counts nothing, what is over the limit is refused and consumes nothing.
 */
export function createReplay({ allowedEndpoints, rateLimit }: ReplayProposal): Replay {
  const endpoints = compileEndpointPatterns(allowedEndpoints);
  const window = emptyWindow();
  // What would be counted if nothing were refused.
  const demand = emptyWindow();
  const unlimited = rateLimit && { ...rateLimit, max: BEYOND_ANY };
  const refused = { total: 0, endpoint: 0, rate: 0 };
  const hours = new Map<number, ReplayHour>();
  const perEndpoint = new Map<string, ReplayEndpoint>();
  let requests = 0;
  let newlyRefused = 0;
  let newlyAllowed = 0;
  let peak = 0;

  function judge({ at, method, path, cost }: ReplayedRequest): 'endpoint' | 'rate' | null {
    if (!endpoints.allows(method, path)) return 'endpoint';
    if (rateLimit === null || unlimited === null) return null;
    peak = Math.max(peak, BEYOND_ANY - takeFromWindow(demand, unlimited, at, cost).remaining);
    return takeFromWindow(window, rateLimit, at, cost).allowed ? null : 'rate';
  }

  function add(request: ReplayedRequest): void {
    const refusal = judge(request);
    requests++;
    const hour = hourOf(hours, request.at);
    const endpoint = endpointOf(perEndpoint, request);
    hour.requests++;
    endpoint.requests++;
    if (refusal === null) {
      if (request.wasRefused) newlyAllowed++;
      return;
    }
    refused.total++;
    refused[refusal]++;
    hour.refused++;
    endpoint.refused++;
    if (!request.wasRefused) newlyRefused++;
  }

  function result(): ReplayResult {
    const inOrder = [...hours.values()];
    const worst = inOrder.reduce<ReplayHour | null>((most, hour) => (hour.refused > (most?.refused ?? 0) ? hour : most), null);
    const hit = [...perEndpoint.values()].filter((one) => one.refused > 0).sort((a, b) => b.refused - a.refused || b.requests - a.requests);
    return {
      requests,
      refused,
      newlyRefused,
      newlyAllowed,
      hours: inOrder,
      worstHour: worst,
      endpoints: hit,
      peak: rateLimit === null ? null : peak,
    };
  }

  return { add, result };
}

function hourOf(hours: Map<number, ReplayHour>, at: number): ReplayHour {
  const start = at - (at % HOUR_MS);
  let hour = hours.get(start);
  if (hour === undefined) {
    hour = { at: start, requests: 0, refused: 0 };
    hours.set(start, hour);
  }
  return hour;
}

/** Ids that no template caught must not fill the memory: after so many endpoints the rest are one. */
function endpointOf(known: Map<string, ReplayEndpoint>, { endpoint, method }: ReplayedRequest): ReplayEndpoint {
  const key = `${method} ${endpoint}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const isFull = known.size >= MOST_ENDPOINTS;
  const made = isFull
    ? (known.get('') ?? { endpoint: '(other)', method: '', requests: 0, refused: 0 })
    : { endpoint, method, requests: 0, refused: 0 };
  known.set(isFull ? '' : key, made);
  return made;
}
