export type { Actor } from './admin/actor.ts';
export { appendAuditRow } from './admin/append-audit-row.ts';
export type { AuditAction, AuditChange, AuditEntry, AuditLog, AuditQuery, AuditTarget } from './admin/audit-log.ts';
export type { DatabaseLogger } from './database-logger.ts';
export { type DatabaseUnavailableCode, DatabaseUnavailableError } from './database-unavailable-error.ts';
export type { EventJob } from './event/event-job.ts';
export type { Following, FollowOptions } from './event/follow-events.ts';
export type { Effective, GatewayDescription, GatewayRegistry, GatewayView, SilentGateway } from './gateway/gateway-registry.ts';
export type { LeakOutcome, LeakPolicy, LeakReporter, LeakStore, NewLeakReport } from './leak/leak-store.ts';
export { type Database, type OpenDatabaseOptions, openDatabase } from './open-database.ts';
export type { Owner, OwnerQuery, OwnerSort, OwnerStore, OwnerView } from './owner/owner-store.ts';
export type {
  NewPortalSession,
  PortalAction,
  PortalSessionQuery,
  PortalSessionStatus,
  PortalSessionStore,
  PortalSessionView,
  PortalSettings,
} from './portal/portal-session-store.ts';
export { rollBack } from './roll-back.ts';
export type { DatabaseTokenSource } from './token/create-token-source.ts';
export type { Overlap, Rotation, SecretCount, SecretMarks, SecretState, SecretStore, SecretView } from './token/secret-store.ts';
export { HEALTH_THRESHOLDS } from './token/token-health.ts';
export type {
  NewSecret,
  NewToken,
  TokenBounds,
  TokenHealth,
  TokenListRow,
  TokenPage,
  TokenPatch,
  TokenQuery,
  TokenSort,
  TokenStatus,
  TokenStore,
  TokenTrialView,
  TokenView,
  TrialProposal,
} from './token/token-store.ts';
export { createUsageReader } from './usage/create-usage-reader.ts';
export { deleteTokenUsage } from './usage/delete-token-usage.ts';
export type { GatewayAccounts, GatewayHourCounts, GatewayHourRow, GatewaySum } from './usage/gateway-hour.ts';
export { createPartitionJob, type PartitionJob, type PartitionJobOptions, type PartitionJobResult } from './usage/partition-job.ts';
export type {
  AttentionItem,
  EndpointStats,
  EndpointUsage,
  OutcomeCounts,
  OverviewReport,
  RequestQuery,
  RequestRow,
  ThrottledToken,
  TokenReport,
  TokenStats,
  TrialReport,
  UnknownAttemptRow,
  UsagePoint,
  UsageRange,
  UsageReader,
  UsageTotals,
} from './usage/usage-reader.ts';
export { createUsageStore, type IngestCounts, SpoolPositionConflict, type UsageStoreOptions } from './usage/usage-store.ts';
export type {
  AttemptResult,
  ClaimedDelivery,
  ClaimOptions,
  DeliveryAttempt,
  DeliveryQuery,
  DeliveryQueue,
  DeliveryRow,
  DeliveryStatus,
  DeliveryView,
  NewWebhook,
  WebhookDisabledReason,
  WebhookPatch,
  WebhookStore,
  WebhookView,
} from './webhook/webhook-store.ts';
