import type { LimitClaim, RateLimitState } from '@latchkey/core';

/** A request that waits to be counted. */
export interface TakeWaiter {
  readonly now: number;
  /** Told when it is sent. */
  readonly sent: () => void;
  readonly settle: (states: RateLimitState[]) => void;
}

/** Counts that many requests of one cost, in their order. */
type SendTakes = (claims: readonly LimitClaim[], cost: number, waiters: readonly TakeWaiter[]) => Promise<void>;

interface Turn {
  readonly cost: number;
  readonly queue: TakeWaiter[];
}

/** So that one script never keeps the server from others for long. */
const MOST_AT_ONCE = 128;

/**
 * While a request is on its way, others for the same windows wait for its answer and then go together, in one script: the more are under
 * way, the fewer questions each costs, and one that is alone waits for nobody. `claims` are the same where the list is.
 */
export function createTakeTurns(send: SendTakes) {
  const turns = new Map<readonly LimitClaim[], Turn>();

  function take(claims: readonly LimitClaim[], cost: number, waiter: TakeWaiter): void {
    const turn = turns.get(claims);
    if (turn === undefined) {
      const own: Turn = { cost, queue: [waiter] };
      turns.set(claims, own);
      void run(claims, own);
    } else if (turn.cost === cost) turn.queue.push(waiter);
    else void send(claims, cost, [waiter]);
  }

  /** Goes on until nobody waits, or until the turn was ended. */
  async function run(claims: readonly LimitClaim[], turn: Turn): Promise<void> {
    while (turn.queue.length > 0 && turns.get(claims) === turn) await send(claims, turn.cost, turn.queue.splice(0, MOST_AT_ONCE));
    if (turns.get(claims) === turn) turns.delete(claims);
  }

  return {
    take,
    /** Sends none of those that still wait for their turn. */
    end: () => turns.clear(),
  };
}
