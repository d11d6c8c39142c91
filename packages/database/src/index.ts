export type { Actor } from './admin/actor.ts';
export { appendAuditRow } from './admin/append-audit-row.ts';
export type { AuditAction, AuditChange, AuditEntry, AuditLog, AuditQuery } from './admin/audit-log.ts';
export type {
  NewToken,
  TokenHealth,
  TokenListRow,
  TokenPage,
  TokenPatch,
  TokenQuery,
  TokenSort,
  TokenStatus,
  TokenStore,
  TokenView,
} from './token/token-store.ts';
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
  UnknownAttemptRow,
  UsagePoint,
  UsageRange,
  UsageReader,
  UsageTotals,
} from './usage/usage-reader.ts';
