import { createMemoryCounter } from '../counters/memory-counter.ts';
import { createGuard, type Guard, type GuardOptions } from '../guard.ts';
import { createQuotaKeeper } from '../quota/quota-keeper.ts';
import { createTokenDigester, type TokenDigester } from '../token-digester.ts';
import { createTokenMint, type TokenMint } from '../token-mint.ts';
import { createMemoryQuotaLedger, type MemoryQuotaLedger } from './memory-quota-ledger.ts';
import { createMemoryTokenSource, type MemoryTokenSource } from './memory-token-source.ts';
import { createMemoryUsageSink, type MemoryUsageSink } from './memory-usage-sink.ts';

/** A guard over parts in memory, with a clock that tests move by setting it. */
export interface GuardScene {
  readonly tokens: MemoryTokenSource;
  readonly usage: MemoryUsageSink;
  readonly digester: TokenDigester;
  readonly mint: TokenMint;
  /** Quotas by token id: empty until a test fills one. */
  readonly ledger: MemoryQuotaLedger;
  readonly guard: Guard;
  /** Epoch milliseconds; starts at noon of 15 January 2026, UTC. */
  clock: number;
}

const NOON = Date.UTC(2026, 0, 15, 12);

/** A guard whose parts are empty and in memory; `options` replace any of them. */
export function aGuardScene(options: Partial<GuardOptions> = {}): GuardScene {
  const digester = createTokenDigester({ secrets: ['a secret for tests of the guard'] });
  const mint = createTokenMint(digester);
  const tokens = createMemoryTokenSource(mint);
  const usage = createMemoryUsageSink();
  const clock = { now: NOON };
  const ledger = createMemoryQuotaLedger();
  const quota = createQuotaKeeper({ ledger, now: () => clock.now });
  const guard = createGuard({
    tokens,
    counter: createMemoryCounter(),
    usage,
    digester,
    now: () => clock.now,
    realm: 'shop',
    quota,
    ...options,
  });
  return {
    tokens,
    usage,
    digester,
    mint,
    ledger,
    guard,
    get clock() {
      return clock.now;
    },
    set clock(now: number) {
      clock.now = now;
    },
  };
}
