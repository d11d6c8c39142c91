import type { LimitClaim, RateLimitState, WindowState } from '@latchkey/core';
import type { Cluster, Redis } from 'ioredis';
import type { SeenWindow } from './window-book.ts';
import { WINDOW_SCRIPT } from './window-script.ts';

/** What the script is asked about one window. */
export interface WindowQuestion {
  readonly claim: LimitClaim;
  /** For `give`, the window that was counted in; for `add`, what is to be added. */
  readonly given?: Pick<WindowState, 'openedAt' | 'count' | 'previous'> | null;
  readonly seen: SeenWindow | null;
}

export interface WindowRequest {
  readonly operation: 'take' | 'peek' | 'give' | 'add';
  /** They share a tag. */
  readonly windows: readonly WindowQuestion[];
  readonly cost: number;
  /** How many equal requests are counted, one after another. */
  readonly times: number;
  /** The caller's time, in epoch milliseconds. */
  readonly now: number;
}

export interface WindowAnswers {
  /** The server's time, in epoch milliseconds. */
  readonly serverNow: number;
  /** The windows as they are after the last request. */
  readonly seen: readonly SeenWindow[];
  /** The states of the request of that number, told in the time of a caller. */
  statesOf(request: number, now: number): RateLimitState[];
}

/** Runs the script. Rejects where the server can not be asked, or refuses. */
export type WindowCommand = (request: WindowRequest) => Promise<WindowAnswers>;

type SeenReply = readonly [
  born: number,
  losses: number,
  revision: number,
  openedAt: number,
  endsAt: number,
  count: number,
  previous: number,
];
type StateReply = readonly [allowed: number, current: number, remaining: number, resetInMs: number, openedAt: number];
type Reply = readonly [serverNow: number, seen: readonly SeenReply[], ...requests: (readonly StateReply[])[]];
type RunScript = (keyCount: number, ...keysAndArguments: (string | number)[]) => Promise<Reply>;

export function createWindowCommand(client: Redis | Cluster, keyPrefix: string, clock: 'server' | 'caller'): WindowCommand {
  client.defineCommand('latchkeyWindows', { lua: WINDOW_SCRIPT });
  const { latchkeyWindows } = client as unknown as { latchkeyWindows: RunScript };
  const run = latchkeyWindows.bind(client);
  return async ({ operation, windows, cost, times, now }) => {
    const list: (string | number)[] = [];
    for (const { claim } of windows) list.push(keyPrefix + claim.key);
    list.push(operation, cost, clock === 'caller' ? now : '', times);
    for (const { claim, given, seen } of windows) {
      list.push(claim.limit.max, claim.limit.windowMs, claim.limit.algorithm, writeGiven(given), writeSeen(seen));
    }
    const [serverNow, seen, ...requests] = await run(windows.length, ...list);
    return {
      serverNow,
      seen: seen.map(readSeen),
      statesOf(request, at) {
        const replies = requests[Math.min(request, requests.length - 1)];
        return windows.map(({ claim }, index) => readState(replies?.[index], claim, at));
      },
    };
  };
}

function writeGiven(given: WindowQuestion['given']): string {
  return given ? `${given.openedAt} ${given.count} ${given.previous}` : '';
}

/** A window in which nothing was counted is nothing to remember. */
function writeSeen(seen: SeenWindow | null): string {
  if (seen === null || (seen.count === 0 && seen.previous === 0)) return '';
  return `${seen.born} ${seen.losses} ${seen.revision} ${seen.openedAt} ${seen.endsAt} ${seen.count} ${seen.previous}`;
}

function readSeen([born, losses, revision, openedAt, endsAt, count, previous]: SeenReply): SeenWindow {
  return { born, losses, revision, openedAt, endsAt, count, previous };
}

/** The reset is passed as a distance, because the caller's clock need not be the server's. */
function readState(reply: StateReply | undefined, { name, limit }: LimitClaim, now: number): RateLimitState {
  if (reply === undefined) throw new Error('The server answered for fewer windows than it was asked for.');
  const [allowed, current, remaining, resetInMs, openedAt] = reply;
  return {
    name,
    allowed: allowed === 1,
    limit: limit.max,
    current,
    remaining,
    resetAt: now + resetInMs,
    windowMs: limit.windowMs,
    openedAt,
  };
}
