import type { QuotaLedger } from '@latchkey/core';
import type { Pool } from 'pg';
import type { AuditLog } from './admin/audit-log.ts';
import { createAuditLog } from './admin/create-audit-log.ts';
import { createPool } from './create-pool.ts';
import { type DatabaseLogger, silentLogger } from './database-logger.ts';
import { DatabaseUnavailableError, describeConnectionFailure, describePlace } from './database-unavailable-error.ts';
import { createEventJob, type EventJob } from './event/event-job.ts';
import { type Following, type FollowOptions, followEvents } from './event/follow-events.ts';
import { createGatewayRegistry } from './gateway/create-gateway-registry.ts';
import type { GatewayRegistry } from './gateway/gateway-registry.ts';
import { createLeakStore } from './leak/create-leak-store.ts';
import type { LeakStore } from './leak/leak-store.ts';
import { createQuotaLedger } from './limit/create-quota-ledger.ts';
import { migrate, readSchemaDifference } from './migrate.ts';
import { withOperationErrors } from './operation-errors.ts';
import { createOrm, withPatientOrm } from './orm.ts';
import { createOwnerStore } from './owner/create-owner-store.ts';
import type { OwnerStore } from './owner/owner-store.ts';
import { createPortalSessionStore } from './portal/create-portal-session-store.ts';
import type { PortalSessionStore } from './portal/portal-session-store.ts';
import { executorOf } from './sql-executor.ts';
import { createSecretStore } from './token/create-secret-store.ts';
import { createTokenSource, type DatabaseTokenSource } from './token/create-token-source.ts';
import { createTokenStore } from './token/create-token-store.ts';
import { createOverlapJob, type OverlapJob } from './token/overlap-job.ts';
import type { SecretStore } from './token/secret-store.ts';
import type { TokenStore } from './token/token-store.ts';
import { createUsageReader } from './usage/create-usage-reader.ts';
import { createPartitionJob, type PartitionJob } from './usage/partition-job.ts';
import type { UsageReader } from './usage/usage-reader.ts';
import { createUsageStore } from './usage/usage-store.ts';
import { createDeliveryQueue } from './webhook/create-delivery-queue.ts';
import { createWebhookStore } from './webhook/create-webhook-store.ts';
import type { DeliveryQueue, WebhookStore } from './webhook/webhook-store.ts';

export interface OpenDatabaseOptions {
  /** `postgresql://user:password@host:port/database`, PostgreSQL 15 or newer. */
  readonly url: string;
  /** Epoch milliseconds; the clock of the machine. */
  readonly now?: () => number;
  /** Lost connections and the like; default: nobody is told. */
  readonly logger?: DatabaseLogger;
  /** Whose the records are that `usageStore` is given; see `UsageStoreOptions.gateway`. */
  readonly gateway?: string | undefined;
  /** Days that the usage log is kept; 30. Rollups and totals stay longer. */
  readonly logRetentionDays?: number;
  /** Whether tokens of a key type may be revoked and deleted; default: all may. */
  readonly isRevocable?: (keyType: string | null) => boolean;
}

/** Everything that lives in PostgreSQL. Failures of `tokens`, `usage`, `audit` and `portalSessions` are `OperationError`s where a caller can act on them. */
export interface Database {
  /** As given; it may hold a password. */
  readonly url: string;
  /**
   * Brings the tables up to date and answers the names of the migrations that were missing. Processes that start at once wait for
   * each other: one migrates, the others find nothing to do.
   */
  migrate(): Promise<string[]>;
  /** The SQL that would turn the tables into what the entities declare; `''`: they agree. */
  checkSchema(): Promise<string>;
  readonly tokens: TokenStore;
  readonly owners: OwnerStore;
  readonly secrets: SecretStore;
  /** Ends the overlaps of rotated secrets that have gone quiet, once it was started. */
  readonly overlapJob: OverlapJob;
  readonly audit: AuditLog;
  readonly portalSessions: PortalSessionStore;
  readonly webhooks: WebhookStore;
  /** For the process that sends webhooks. */
  readonly deliveries: DeliveryQueue;
  readonly leaks: LeakStore;
  /** Calls back for every event from now on, in this process. */
  followEvents(options: FollowOptions): Following;
  /** Notices what nobody does. Runs when it is told to: `start()`, or `run()` once. */
  readonly eventJob: EventJob;
  /** The processes that serve, and whether a change is in force in all of them. */
  readonly gateways: GatewayRegistry;
  readonly tokenSource: DatabaseTokenSource;
  /** Quotas for the guard to lease from. */
  readonly quotaLedger: QuotaLedger;
  readonly usage: UsageReader;
  readonly usageStore: ReturnType<typeof createUsageStore>;
  /** Keeps the partitions of the usage log. Runs when it is told to: `start()`, or `run()` once. */
  readonly partitionJob: PartitionJob;
  /** Resolves when the database answers; rejects within three seconds when it does not. */
  ping(): Promise<void>;
  /** Ends every connection. */
  close(): Promise<void>;
}

const OLDEST_VERSION = 15;

/**
 * Connects to PostgreSQL. Changes nothing there: call `migrate` before anything else.
 *
 * @throws DatabaseUnavailableError where it cannot be reached, refuses, or is older than PostgreSQL 15.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const { url, logger = silentLogger } = options;
  if (describePlace(url) === null) throw describeConnectionFailure(url, null);
  const pools = openPools(url, logger);
  try {
    await checkVersion(pools.work, url);
  } catch (error) {
    await endAll(pools);
    throw error;
  }
  return assemble(options, logger, pools);
}

interface Pools {
  /** Lists, charts, ingest. */
  readonly work: Pool;
  /** Look-ups of the guard and nothing else: no report may keep them waiting. */
  readonly lookup: Pool;
  /** What processes tell each other, which must not wait for either. */
  readonly gateway: Pool;
}

function openPools(url: string, logger: DatabaseLogger): Pools {
  const both = { url, logger };
  return {
    work: createPool({ ...both, name: 'latchkey', max: 10, statementTimeoutMs: 30_000, connectTimeoutMs: 5_000 }),
    lookup: createPool({ ...both, name: 'latchkey-lookup', max: 4, statementTimeoutMs: 2_000, connectTimeoutMs: 2_000 }),
    gateway: createPool({ ...both, name: 'latchkey-gateway', max: 2, statementTimeoutMs: 2_000, connectTimeoutMs: 2_000 }),
  };
}

async function checkVersion(pool: Pool, url: string): Promise<void> {
  const { rows } = await pool
    .query<{ version: number }>(`select current_setting('server_version_num')::int as version`)
    .catch((error: unknown) => Promise.reject(describeConnectionFailure(url, error)));
  refuseOldVersion(rows[0]?.version ?? 0, url);
}

/** @param version as `server_version_num` gives it: 150004 for 15.4. */
export function refuseOldVersion(version: number, url: string): void {
  const major = Math.floor(version / 10_000);
  if (major >= OLDEST_VERSION) return;
  const message = `PostgreSQL at ${describePlace(url)} is version ${major}; Latchkey needs ${OLDEST_VERSION} or newer.`;
  throw new DatabaseUnavailableError('DATABASE_TOO_OLD', message);
}

function assemble(
  { url, now = Date.now, gateway, logRetentionDays, isRevocable }: OpenDatabaseOptions,
  logger: DatabaseLogger,
  pools: Pools,
): Database {
  const orm = createOrm(url, logger);
  const sql = executorOf(pools.work);
  const gateways = createGatewayRegistry({ pool: pools.gateway, logger });
  const tokenSource = createTokenSource({ pool: pools.lookup, url, logger, onApplied: gateways.hear });
  const onError = (error: unknown) => logger.warn({ error }, 'The partitions of the usage log could not be kept; next try in an hour');
  const tokens = withOperationErrors(createTokenStore({ orm, pool: pools.work, now, isRevocable }));
  const partitionJob = createPartitionJob({ pool: pools.work, now, retentionDays: logRetentionDays, onError });
  const secrets = withOperationErrors(createSecretStore({ pool: pools.work, now }));
  const overlapJob = createOverlapJob(secrets, (error) =>
    logger.warn({ error }, 'Overlaps of rotated secrets could not be looked through; next try in a minute'),
  );
  const onEventError = (error: unknown) => logger.warn({ error }, 'Events of tokens could not be looked for; next try in a minute');
  const eventJob = createEventJob({ pool: pools.work, now, onError: onEventError });
  return {
    url,
    migrate: () => withPatientOrm(url, logger, migrate),
    checkSchema: () => withPatientOrm(url, logger, readSchemaDifference),
    tokens,
    owners: withOperationErrors(createOwnerStore({ sql, tokens, now })),
    secrets,
    overlapJob,
    audit: withOperationErrors(createAuditLog({ orm, sql, now })),
    portalSessions: withOperationErrors(createPortalSessionStore({ orm, sql, now })),
    webhooks: withOperationErrors(createWebhookStore({ pool: pools.work, now })),
    deliveries: createDeliveryQueue({ pool: pools.work, now }),
    eventJob,
    followEvents: (following) => followEvents(pools.work, following),
    leaks: withOperationErrors(createLeakStore({ pool: pools.work, now, isRevocable })),
    gateways,
    tokenSource,
    quotaLedger: createQuotaLedger(pools.lookup),
    usage: withOperationErrors(createUsageReader({ pool: pools.work, now })),
    usageStore: createUsageStore({ pool: pools.work, now, gateway }),
    partitionJob,
    ping: async () => void (await pools.lookup.query('select 1')),
    async close() {
      await partitionJob.stop();
      await overlapJob.stop();
      await eventJob.stop();
      await gateways.close();
      await tokenSource.close();
      await orm.close();
      await endAll(pools);
    },
  };
}

async function endAll(pools: Pools): Promise<void> {
  await Promise.all([pools.work, pools.lookup, pools.gateway].map((pool) => (pool.ended ? undefined : pool.end())));
}
