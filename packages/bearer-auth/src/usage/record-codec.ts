import type { SpoolRecord, UnknownAttempts, UsageLoss, UsageRecord } from '@latchkey/core';

/**
 * A record as the text that is stored: a JSON array without names, which costs half the bytes of an object. The order of the
 * members is the format: new ones are added at the end, where older records have none; any other change needs a new frame version.
 */
export function encodeRecord(record: SpoolRecord): string {
  return JSON.stringify(membersOf(record));
}

/** The record in `text`, or `null` when it is not one. */
export function decodeRecord(text: string): SpoolRecord | null {
  const members = parseMembers(text);
  if (members?.[0] === 'r' && REQUEST_LENGTHS.includes(members.length)) return toRequest(members as RequestMembers);
  if (members?.[0] === 'u' && members.length === 7) return toAttempts(members as AttemptMembers);
  if (members?.[0] === 'l' && members.length === 4) return toLoss(members as LossMembers);
  return null;
}

/** Records of a spool that was written before a secret, cost and trial were noted end with the request id. */
const OLDEST_REQUEST_MEMBERS = 14;
const REQUEST_LENGTHS: readonly number[] = [OLDEST_REQUEST_MEMBERS, 17, 18];

type RequestMembers = ReturnType<typeof requestMembers>;
type AttemptMembers = ReturnType<typeof attemptMembers>;
type LossMembers = ReturnType<typeof lossMembers>;

function membersOf(record: SpoolRecord): readonly unknown[] {
  if (record.kind === 'request') return requestMembers(record);
  return record.kind === 'unknown' ? attemptMembers(record) : lossMembers(record);
}

function requestMembers(record: UsageRecord) {
  const { via } = record;
  const members = [
    'r',
    record.tokenId,
    record.at,
    record.method,
    record.endpoint,
    record.path,
    record.status,
    record.durationUs,
    record.requestBytes,
    record.responseBytes,
    record.ip,
    record.userAgent,
    record.outcome,
    record.requestId,
    record.secretId,
    record.cost,
    record.trial,
  ] as const;
  // Most came through the guard: nothing is written for them.
  return via === undefined ? members : ([...members, via] as const);
}

function attemptMembers(record: UnknownAttempts) {
  return ['u', record.fingerprint, record.ip, record.reason, record.count, record.firstAt, record.lastAt] as const;
}

function lossMembers({ cause, at, count }: UsageLoss) {
  return ['l', cause, at, count] as const;
}

function toLoss([, cause, at, count]: LossMembers): UsageLoss {
  return { kind: 'loss', cause, at, count };
}

function toRequest(members: RequestMembers): UsageRecord {
  const [
    ,
    tokenId,
    at,
    method,
    endpoint,
    path,
    status,
    durationUs,
    requestBytes,
    responseBytes,
    ip,
    userAgent,
    outcome,
    requestId,
    ...later
  ] = members;
  const [secretId = null, cost = 1, trial = null, via] = later;
  return {
    kind: 'request',
    tokenId,
    at,
    method,
    endpoint,
    path,
    status,
    durationUs,
    requestBytes,
    responseBytes,
    ip,
    userAgent,
    outcome,
    requestId,
    secretId,
    cost,
    trial,
    ...(via !== undefined && { via }),
  };
}

function toAttempts([, fingerprint, ip, reason, count, firstAt, lastAt]: AttemptMembers): UnknownAttempts {
  return { kind: 'unknown', fingerprint, ip, reason, count, firstAt, lastAt };
}

function parseMembers(text: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
