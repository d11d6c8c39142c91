import { randomUUID } from 'node:crypto';
import type { Pool, QueryResultRow } from 'pg';
import { askAgain } from '../database-failure.ts';
import type { DatabaseLogger } from '../database-logger.ts';
import { type Acknowledgements, createAcknowledgements } from './acknowledgements.ts';
import type { GatewayNews } from './gateway-news.ts';
import type { Effective, GatewayDescription, GatewayRegistry, GatewayView } from './gateway-registry.ts';
import { ACKNOWLEDGE, BEAT, LEAVE, LIST, type OtherRow, RAISE_FENCE, READ_APPLIED, TELL_OF_COMING } from './gateway-sql.ts';
import { shareNext } from './share-next.ts';

export interface GatewayRegistryOptions {
  /** For this alone, with a short statement time-out: no report may keep a revocation waiting. */
  readonly pool: Pool;
  readonly logger: DatabaseLogger;
  /** 1,000. */
  readonly beatMs?: number;
}

const PATIENCE_MS = 1_000;
/** For one that did not answer the last time: it must not hold up every change until it is given up. */
const SHORT_PATIENCE_MS = 100;

/** The registry in PostgreSQL. Docs: decision 0017. */
export function createGatewayRegistry({ pool, logger, beatMs = 1_000 }: GatewayRegistryOptions): GatewayRegistry {
  const id = randomUUID();
  const query = createPatientQuery(pool);
  const acknowledgements = createAcknowledgements(() => readApplied(query));
  let self: GatewayDescription | null = null;
  let hears = false;
  let applied = 0;
  let others: readonly OtherRow[] = [];
  const watchers = new Set<() => void>();

  function meet(rows: readonly OtherRow[]): void {
    others = rows;
    for (const watch of watchers) watch();
  }

  const fence = shareNext(async () => {
    const rows = await query<FenceRow>(RAISE_FENCE, [id]);
    meet(rows.filter((row) => row.id !== null));
    return { version: rows[0]?.version ?? 0, gateways: others };
  });
  const acknowledge = shareNext(() => query(ACKNOWLEDGE, [id, applied]));
  // One after another, so that what was read later is what is known.
  const attend = shareNext(async () => {
    if (self === null) return;
    meet(await query<OtherRow>(BEAT, describe(id, self, hears, applied)));
    acknowledgements.keepOnly(new Set(others.map((other) => other.id)));
  });
  const beat = createBeat(beatMs, logger, attend);

  function hear(news: GatewayNews): void {
    switch (news.kind) {
      case 'acknowledged':
        acknowledgements.note(news.gateway, news.version);
        break;
      case 'fence':
        applied = Math.max(applied, news.version);
        if (news.from !== id && self !== null) answer();
        break;
      case 'changed':
        applied = Math.max(applied, news.version);
        break;
      case 'attendance':
        if (news.gateway !== id) lookAround();
        break;
      default:
        hears = news.kind !== 'disconnected';
        // Who came before went unheard.
        if (news.kind === 'resync') lookAround();
    }
  }

  /** Where it fails, the next beat looks. */
  function lookAround(): void {
    void attend().catch((error: unknown) => logger.warn({ error }, 'A process has come or gone, and could not be looked for'));
  }

  /** Where it fails, whoever waits finds it in the table with the next beat. */
  function answer(): void {
    void acknowledge().catch((error: unknown) => logger.warn({ error }, 'A change of tokens could not be acknowledged'));
  }

  return {
    async register(description) {
      self = description;
      await beat.start();
      await query(TELL_OF_COMING, [id]).catch((error: unknown) =>
        logger.warn({ error }, 'The other processes could not be told of this one: they see it with their next beat'),
      );
    },
    liveCount: () => others.filter(({ isSeen }) => isSeen).length + 1,
    liveThreads: () => [self?.threads ?? 1, ...others.filter(({ isSeen }) => isSeen).map(({ threads }) => threads)],
    watch(watcher) {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    list: () => query<GatewayView>(LIST, []),
    async confirm() {
      const startedAt = performance.now();
      const raised = await fence().catch((error: unknown) => {
        logger.warn({ error }, 'The other processes could not be asked whether a change is in force');
        return { version: Number.POSITIVE_INFINITY, gateways: others.map((other) => ({ ...other, isSeen: false })) };
      });
      const silent = await findSilent(acknowledgements, raised);
      return summarize(raised.gateways.length + (self === null ? 0 : 1), silent, startedAt);
    },
    hear,
    async close() {
      await beat.stop();
      acknowledgements.close();
      if (self === null) return;
      self = null;
      // A beat that is under way would enter it again.
      await attend().catch(() => undefined);
      await query(LEAVE, [id]).catch((error: unknown) =>
        logger.warn({ error }, 'This process could not be taken off the list of gateways'),
      );
    },
  };
}

type Query = <Row extends QueryResultRow>(text: string, values: readonly unknown[]) => Promise<Row[]>;
type FenceRow = OtherRow & { version: number };

/** Every statement of the registry may be repeated. One that the database had no time for is not: somebody waits for the answer. */
function createPatientQuery(pool: Pool): Query {
  return async <Row extends QueryResultRow>(text: string, values: readonly unknown[]) =>
    (await askAgain(() => pool.query<Row>(text, [...values]))).rows;
}

async function readApplied(query: Query): Promise<ReadonlyMap<string, number>> {
  const rows = await query<{ id: string; version: number }>(READ_APPLIED, []);
  return new Map(rows.map(({ id, version }) => [id, version]));
}

async function findSilent(
  acknowledgements: Acknowledgements,
  { version, gateways }: { version: number; gateways: readonly OtherRow[] },
): Promise<OtherRow[]> {
  const answers = await Promise.all(
    gateways.map(({ id, isSeen }) => acknowledgements.wait(id, version, isSeen ? patienceFor(acknowledgements, id) : 0)),
  );
  return gateways.filter((_, index) => !answers[index]);
}

function patienceFor(acknowledgements: Acknowledgements, id: string): number {
  return acknowledgements.hasMissed(id) ? SHORT_PATIENCE_MS : PATIENCE_MS;
}

function summarize(gateways: number, silent: readonly OtherRow[], startedAt: number): Effective {
  const ms = Math.ceil(performance.now() - startedAt);
  const named = silent.map(({ name, host, seenAt }) => ({ name, host, seenAt }));
  return { gateways, acknowledged: gateways - silent.length, ms, silent: named };
}

function describe(id: string, self: GatewayDescription, hears: boolean, applied: number): unknown[] {
  const { name, host, pid, version, threads, limiterMode, maxStaleSeconds } = self;
  return [id, cut(name), cut(host), pid, version, threads, limiterMode(), Math.ceil(maxStaleSeconds * 1000), hears, applied];
}

function cut(text: string): string {
  return text.slice(0, 255);
}

/** Calls `work` at once and then again and again; says once that it failed, and when it does no longer. */
function createBeat(beatMs: number, logger: DatabaseLogger, work: () => Promise<void>) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let failing = false;
  let stopped = false;

  async function tick(): Promise<void> {
    try {
      await work();
      if (failing) logger.info({}, 'The other processes see this one again');
      failing = false;
    } catch (error) {
      if (!failing) logger.warn({ error }, 'This process can not say that it is there: the others will take it for silent');
      failing = true;
    }
    if (!stopped) timer = setTimeout(() => (running = tick()), beatMs).unref();
  }

  return {
    async start() {
      await work();
      timer = setTimeout(() => (running = tick()), beatMs).unref();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
