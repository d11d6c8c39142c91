import { type Counter, type LimitClaim, passedAll, type RateLimitState } from '@latchkey/core';
import type { Cluster, Redis } from 'ioredis';
import { createInFlight } from './in-flight.ts';
import { createShareCounter, type ShareCounter, type Untold } from './share-counter.ts';
import { createTakeTurns, type TakeWaiter } from './take-turns.ts';
import { createHealing, NOT_TOLD } from './valkey-healing.ts';
import { createWindowBook } from './window-book.ts';
import { createWindowCommand, type WindowAnswers } from './window-command.ts';

/** The server that replicas count on, and what holds while it is away. Only `client` has to be given. */
export interface ValkeyCounterOptions {
  /**
   * A client: single, sentinel or cluster. Its life is the caller's, but where it ends before the counter is closed it is connected again.
   * Give it an `error` listener, let it reconnect, and let it keep no commands for later (`enableOfflineQueue: false`,
   * `autoResendUnfulfilledCommands: false`): meanwhile limits are kept in this process.
   */
  readonly client: Redis | Cluster;
  /** Start of every key, without braces. Default `latchkey:rate:`. */
  readonly keyPrefix?: string;
  /** How long a request may wait for an answer. Default 20 ms. The first that waits so long opens the breaker. */
  readonly timeoutMs?: number;
  /** How many counters share the limits, this one included: while Valkey is away each keeps its part of `max`. Default 1. */
  readonly liveGateways?: () => number;
  /** `caller` takes the time of `now` instead of the server's: for tests. Default `server`, so that replicas need not agree on the time. */
  readonly clock?: 'server' | 'caller';
  /** How many windows this process remembers, about 320 bytes each. Default 1,000,000. */
  readonly maxKeys?: number;
  /** Told when limits begin to be counted elsewhere, and why. */
  readonly onModeChange?: (mode: ValkeyCounter['mode'], reason: Error | null) => void;
}

/** A counter that replicas share, in Valkey or Redis. */
export interface ValkeyCounter extends Counter {
  /** `share` while Valkey can not be asked: each process then counts its share of every limit. */
  readonly mode: 'valkey' | 'share';
  /** Answers that came from this process because Valkey's did not. */
  readonly localAnswers: number;
  /** How often the breaker opened, and how often because an answer did not come in time. */
  readonly opens: number;
  readonly timeouts: number;
  /** Ends the probing of an unreachable server. The client stays open: close it after this. */
  close(): void;
}

/** What the script is asked, and what this process answers instead where the server does not. */
interface Question {
  readonly operation: 'take' | 'peek' | 'give';
  readonly claims: readonly LimitClaim[];
  readonly cost: number;
  readonly now: number;
  readonly taken: readonly RateLimitState[];
}

/**
 * Counts with one atomic script per request – or several requests for the same windows at once, while others are under way – on the server's
 * clock, under keys that begin with the claims' common tag. The first failure of
 * any kind – no answer within `timeoutMs`, a closed connection, an error of the server – opens a breaker: whoever waits is answered by this
 * process, and nobody waits any more until probes in the background have found the server writable and told it what was granted meanwhile. While it is
 * open this process lets its share of every limit pass: see `createShareCounter`. What was seen of open windows goes with every question, so
 * that a server that lost them has them back. Never rejects.
 */
export function createValkeyCounter(options: ValkeyCounterOptions): ValkeyCounter {
  const { client, keyPrefix = 'latchkey:rate:', timeoutMs = 20, liveGateways = () => 1, clock = 'server' } = options;
  const { maxKeys = 1_000_000, onModeChange = () => undefined } = options;
  const book = createWindowBook(maxKeys);
  const command = createWindowCommand(client, keyPrefix, clock);
  const inFlight = createInFlight(timeoutMs, () => {
    stats.timeouts += 1;
    leave(new Error(`Valkey did not answer within ${timeoutMs} ms.`), null);
  });
  const turns = createTakeTurns(sendTakes);
  const healing = createHealing({ client, command, timeoutMs, now: () => lastNow, onHealed: comeBack });
  const stats = { localAnswers: 0, opens: 0, timeouts: 0 };
  let clockOffset = 0;
  let lastNow = Date.now();
  let share: ShareCounter | null = null;

  function ask(question: Question): RateLimitState[] | Promise<RateLimitState[]> {
    if (question.claims.length === 0) return [];
    lastNow = question.now;
    return share === null ? askServer(question) : answerHere(share, question);
  }

  function askServer(question: Question): Promise<RateLimitState[]> {
    return new Promise((resolve) => {
      let here: RateLimitState[] = [];
      const waiting = inFlight.add(() => {
        if (share !== null) here = answerHere(share, question);
        resolve(here);
      });
      const settle = (states: RateLimitState[]) => (waiting.end() ? resolve(states) : undoLate(question, states, here));
      if (question.operation === 'take') turns.take(question.claims, question.cost, { now: question.now, sent: waiting.sent, settle });
      else run(question, 1).then((answers) => settle(answers.statesOf(0, question.now)), leaveFor(question.claims));
    });
  }

  async function sendTakes(claims: readonly LimitClaim[], cost: number, waiters: readonly TakeWaiter[]): Promise<void> {
    for (const { sent } of waiters) sent();
    try {
      const answers = await run({ operation: 'take', claims, cost, now: lastNow, taken: [] }, waiters.length);
      for (const [index, { now, settle }] of waiters.entries()) settle(answers.statesOf(index, now));
    } catch (error) {
      leaveFor(claims)(error as Error);
    }
  }

  async function run({ operation, claims, cost, now, taken }: Question, times: number): Promise<WindowAnswers> {
    const windows = claims.map((claim, index) => {
      const openedAt = taken[index]?.openedAt;
      const given = openedAt === undefined ? null : { openedAt, count: 0, previous: 0 };
      return { claim, given, seen: book.find(claim.key)?.seen ?? null };
    });
    const answers = await command({ operation, windows, cost, times, now });
    remember(claims, answers, now);
    return answers;
  }

  function remember(claims: readonly LimitClaim[], { serverNow, seen }: WindowAnswers, now: number): void {
    if (clock === 'server') clockOffset = serverNow - now;
    for (const [index, { key }] of claims.entries()) book.enter(key).seen = seen[index] ?? null;
    book.sweep(serverNow);
  }

  /** It was answered here meanwhile. Where a request passed, the server's count stands for this process' own; else it goes back. */
  function undoLate(question: Question, taken: RateLimitState[], here: readonly RateLimitState[]): void {
    healing.hurry();
    if (question.operation === 'give') share?.forgetReturn(question.taken);
    if (question.operation !== 'take' || !passedAll(taken)) return;
    if (share !== null && passedAll(here)) share.forget(question.claims, here, question.cost);
    else run({ ...question, operation: 'give', taken }, 1).catch(() => undefined);
  }

  function answerHere(counter: ShareCounter, { operation, claims, cost, now, taken }: Question): RateLimitState[] {
    stats.localAnswers += 1;
    switch (operation) {
      case 'take':
        return counter.take(claims, cost, now);
      case 'peek':
        return counter.peek(claims, now);
      case 'give':
        return counter.giveBack(claims, taken, cost, now);
    }
  }

  function leave(reason: Error, troubleKey: string | null): void {
    if (share !== null) return;
    stats.opens += 1;
    beginShare(troubleKey);
    onModeChange('share', reason);
  }

  function leaveFor(claims: readonly LimitClaim[]): (error: Error) => void {
    return (error) => leave(error, claims[0]?.key ?? null);
  }

  function beginShare(troubleKey: string | null): void {
    share = createShareCounter({ book, liveGateways, clockOffset });
    healing.start(share, troubleKey);
    turns.end();
    inFlight.settleAll();
  }

  function comeBack(): void {
    const ended = share;
    if (ended === null) return;
    healing.stop();
    share = null;
    onModeChange('valkey', null);
    void tellTheLast(ended.drain());
  }

  /** What was granted since the last telling. Where that fails, the next absence begins, and has it to tell. */
  async function tellTheLast(untold: readonly Untold[]): Promise<void> {
    const left = await healing.tell(untold);
    if (left.length === 0) return;
    leave(new Error(NOT_TOLD), null);
    share?.inherit(left);
  }

  function onDisconnect(): void {
    leave(new Error('The connection to Valkey is closed.'), null);
  }

  client.on('ready', healing.hurry);
  client.on('close', onDisconnect);
  // A cluster is connected to when each of its servers has been asked something.
  if (client.status !== 'ready' || client.isCluster) {
    beginShare(null);
    healing.hurry();
  }

  return {
    take: (claims, cost, now) => ask({ operation: 'take', claims, cost, now, taken: [] }),
    peek: (claims, now) => ask({ operation: 'peek', claims, cost: 1, now, taken: [] }),
    giveBack: (claims, taken, cost, now) => ask({ operation: 'give', claims, cost, now, taken }),
    get mode() {
      return share === null ? 'valkey' : 'share';
    },
    get localAnswers() {
      return stats.localAnswers;
    },
    get opens() {
      return stats.opens;
    },
    get timeouts() {
      return stats.timeouts;
    },
    close() {
      healing.stop();
      client.off('ready', healing.hurry);
      client.off('close', onDisconnect);
    },
  };
}
