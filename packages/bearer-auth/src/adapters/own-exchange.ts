// For a server that reads requests and writes answers by itself: what the adapters put into records and heads.
export { rateLimitLines } from '../rate-limit-headers.ts';
export { isOwn as isGuardHeader } from './hold-last-byte.ts';
export { targetBelow } from './mount.ts';
export { requestIds } from './request-ids.ts';
export { type Arrived, brokenRecord, type RecordSubject, refusalRecord, usageRecord } from './usage-record.ts';
