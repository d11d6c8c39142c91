import {
  createGuard,
  createQuotaKeeper,
  type Guard,
  openSpool,
  type QuotaKeeper,
  type Spool,
  type SpoolReader,
  type TokenDigester,
} from '@latchkey/bearer-auth';
import type { Counter, QuotaLedger, TokenSource } from '@latchkey/core';
import { createRateCounter, type RateCounter } from '../limit/create-counter.ts';
import { createDrainLag } from '../metrics/create-drain-lag.ts';
import { createMetrics, type Metrics } from '../metrics/create-metrics.ts';
import type { ServerOptions } from '../server-options.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { createGuardHooks } from './guard-hooks.ts';
import { logQuotaProblem, logSpoolProblem } from './log-problems.ts';
import { createRequestLog } from './request-log.ts';
import { watchRefusals } from './watch-refusals.ts';

/** What a guard stands on: the database itself, or in a thread what the main one answers of it. */
export interface GuardSources {
  readonly tokens: TokenSource;
  readonly quotaLedger: QuotaLedger;
  /** Has the records of a spool stored in the database. */
  readonly ship: (spool: Spool) => SpoolReader;
  readonly spoolDirectory: string;
  /** Counts where no Valkey does. */
  readonly localCounter: Counter;
  /** How many counters divide a limit while a Valkey is away. */
  readonly liveCounters: () => number;
  /** Figures of the process are the main thread's to tell. */
  readonly isThread: boolean;
  readonly tracing: Tracing | null;
}

export type GuardOptions = Pick<ServerOptions, 'config' | 'policy' | 'callbacks' | 'logger'>;

/** What decides about requests, and what the decision stands on. */
export interface GuardParts {
  readonly guard: Guard;
  readonly quota: QuotaKeeper;
  readonly counter: RateCounter;
  readonly metrics: Metrics;
  /** Whether usage records are taken, without which nothing is served. */
  isAccepting(): boolean;
}

/** The guard with its counters, its quotas and the spool of its records. */
export async function openGuard(
  options: GuardOptions,
  sources: GuardSources,
  digester: TokenDigester,
  parts: AsyncDisposableStack,
): Promise<GuardParts> {
  const { config, policy, callbacks, logger } = options;
  const metrics = createMetrics({ ofProcess: !sources.isThread });
  const onProblem = logSpoolProblem(logger);
  const spool = openSpool({ ...config.spool, directory: sources.spoolDirectory, onProblem });
  parts.defer(() => spool.close());
  const reader = sources.ship(spool);
  parts.defer(() => reader.close());
  const counter = await createRateCounter({
    address: config.valkey,
    logger,
    liveGateways: sources.liveCounters,
    local: sources.localCounter,
  });
  parts.defer(() => counter.close());
  const quota = createQuotaKeeper({ ledger: sources.quotaLedger, now: Date.now, onError: logQuotaProblem(logger) });
  parts.defer(() => quota.close());
  const hooks = createGuardHooks(callbacks, logger);
  const log = createRequestLog(logger, Date.now);
  const tokens = metrics.countLookUps(sources.tokens);
  const bareGuard = createGuard({
    tokens: sources.tracing?.watchLookUps(tokens) ?? tokens,
    counter: counter.counter,
    usage: metrics.count(log.watch(spool)),
    digester,
    now: Date.now,
    realm: 'latchkey',
    requireHttps: config.requireHttps,
    environment: policy.strictEnvironmentIsolation ? policy.currentEnvironment : null,
    rules: policy.rules,
    pools: policy.pools,
    quota,
    maxStaleSeconds: config.maxStaleSeconds,
    ...(hooks && { hooks }),
  });
  parts.defer(() => bareGuard.close());
  const watched = watchRefusals(bareGuard, (refused) => {
    metrics.noteUnrecorded(refused.reason);
    log.noteUnrecorded(refused);
  });
  const guard = sources.tracing?.watchGuard(watched) ?? watched;
  const drainLag = createDrainLag({ spool, reader, now: Date.now });
  parts.defer(() => drainLag.close());
  metrics.watch({ guard, spool, reader, drainLag });
  metrics.watchLimits(counter);
  metrics.watchQuotas(quota);
  return { guard, quota, counter, metrics, isAccepting: () => spool.accepting };
}
