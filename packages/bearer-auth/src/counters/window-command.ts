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

export interface WindowAnswer {
  readonly state: RateLimitState;
  readonly seen: SeenWindow;
}

export interface WindowAnswers {
  /** The server's time, in epoch milliseconds. */
  readonly serverNow: number;
  readonly windows: readonly WindowAnswer[];
}

/**
 * Runs the script for windows that share a tag. `now`: the caller's time, by which the states are told.
 * Rejects where the server can not be asked, or refuses.
 */
export type WindowCommand = (
  operation: 'take' | 'peek' | 'give' | 'add',
  windows: readonly WindowQuestion[],
  cost: number,
  now: number,
) => Promise<WindowAnswers>;

type WindowReply = readonly [
  allowed: number,
  current: number,
  remaining: number,
  resetInMs: number,
  openedAt: number,
  endsAt: number,
  count: number,
  previous: number,
  born: number,
  losses: number,
  revision: number,
];
type Reply = readonly [serverNow: number, ...windows: WindowReply[]];
type RunScript = (keyCount: number, ...keysAndArguments: (string | number)[]) => Promise<Reply>;

export function createWindowCommand(client: Redis | Cluster, keyPrefix: string, clock: 'server' | 'caller'): WindowCommand {
  client.defineCommand('latchkeyWindows', { lua: WINDOW_SCRIPT });
  const { latchkeyWindows } = client as unknown as { latchkeyWindows: RunScript };
  const run = latchkeyWindows.bind(client);
  return async (operation, windows, cost, now) => {
    const list: (string | number)[] = [];
    for (const { claim } of windows) list.push(keyPrefix + claim.key);
    list.push(operation, cost, clock === 'caller' ? now : '');
    for (const { claim, given, seen } of windows) {
      list.push(claim.limit.max, claim.limit.windowMs, claim.limit.algorithm, writeGiven(given), writeSeen(seen));
    }
    const [serverNow, ...replies] = await run(windows.length, ...list);
    return { serverNow, windows: windows.map(({ claim }, index) => readAnswer(replies[index], claim, now)) };
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

/** The reset is passed as a distance, because the caller's clock need not be the server's. */
function readAnswer(reply: WindowReply | undefined, { name, limit }: LimitClaim, now: number): WindowAnswer {
  if (reply === undefined) throw new Error('The server answered for fewer windows than it was asked for.');
  const [allowed, current, remaining, resetInMs, openedAt, endsAt, count, previous, born, losses, revision] = reply;
  return {
    state: {
      name,
      allowed: allowed === 1,
      limit: limit.max,
      current,
      remaining,
      resetAt: now + resetInMs,
      windowMs: limit.windowMs,
      openedAt,
    },
    seen: { openedAt, endsAt, count, previous, born, losses, revision },
  };
}
