import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import {
  latencyBucketOf,
  type Outcome,
  UNKNOWN_STATUS,
  type UnknownAttempts,
  type UsageLoss,
  type UsageRecord,
  type UsageVia,
} from '@latchkey/core';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);
const LONGEST_US = DAY_MS * 1000;
const LARGEST_BYTES = 2 ** 40;
const LARGEST_ID = 2_147_483_647;
const LONGEST_IP = 64;

/** A usage record that fits the tables whatever its client sent. */
export interface CleanRecord {
  readonly tokenId: number;
  readonly at: number;
  readonly hour: number;
  readonly day: number;
  readonly method: string;
  readonly endpoint: string;
  readonly path: string;
  readonly status: number;
  readonly durationUs: number;
  readonly latencyBucket: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly outcome: Outcome;
  readonly requestId: string;
  readonly secretId: number | null;
  readonly cost: number;
  readonly trial: string | null;
  readonly via: UsageVia | null;
}

/** `null` when no token can have this id. */
export function cleanRecord(record: UsageRecord, now: number): CleanRecord | null {
  if (!isId(record.tokenId)) return null;
  const at = cleanInstant(record.at, now);
  const durationUs = cleanInteger(record.durationUs, 0, LONGEST_US, 0);
  return {
    tokenId: record.tokenId,
    at,
    hour: at - (at % HOUR_MS),
    day: at - (at % DAY_MS),
    method: cleanText(record.method, 16),
    endpoint: cleanText(record.endpoint, 255),
    path: cleanText(record.path, 2_048),
    status: cleanStatus(record),
    durationUs,
    latencyBucket: latencyBucketOf(durationUs),
    requestBytes: cleanInteger(record.requestBytes, 0, LARGEST_BYTES, 0),
    responseBytes: cleanInteger(record.responseBytes, 0, LARGEST_BYTES, 0),
    ip: cleanIp(record.ip),
    userAgent: record.userAgent === null || record.userAgent === undefined ? null : cleanText(record.userAgent, 512),
    outcome: cleanText(record.outcome, 64) as Outcome,
    requestId: cleanText(record.requestId, 128),
    secretId: isId(record.secretId) ? record.secretId : null,
    cost: cleanInteger(record.cost, 0, LARGEST_ID, 1),
    trial: record.trial === null || record.trial === undefined ? null : cleanText(record.trial, 64),
    via: record.via === 'forward_auth' ? record.via : null,
  };
}

/** Unknown-token attempts that fit the table; `null` when nothing was counted. */
export function cleanAttempts(attempts: UnknownAttempts, now: number): UnknownAttempts | null {
  const count = cleanInteger(attempts.count, 0, LARGEST_ID, 0);
  if (count === 0) return null;
  const firstAt = cleanInstant(attempts.firstAt, now);
  return {
    kind: 'unknown',
    fingerprint: cleanText(attempts.fingerprint, 64),
    ip: cleanIp(attempts.ip),
    reason: attempts.reason === 'malformed' ? 'malformed' : 'unknown',
    count,
    firstAt,
    lastAt: Math.max(firstAt, cleanInstant(attempts.lastAt, now)),
  };
}

export function cleanLoss(loss: UsageLoss, now: number): UsageLoss {
  return {
    kind: 'loss',
    cause: loss.cause === 'dropped' ? 'dropped' : 'missing',
    at: cleanInstant(loss.at, now),
    count: cleanInteger(loss.count, 0, LARGEST_ID, 0),
  };
}

/** Only a proxy's answer can be one that nobody saw. */
function cleanStatus({ status, via }: UsageRecord): number {
  return status === UNKNOWN_STATUS && via === 'forward_auth' ? UNKNOWN_STATUS : cleanInteger(status, 100, 999, 500);
}

function isId(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= LARGEST_ID;
}

/** PostgreSQL's text takes neither NUL nor half a surrogate pair; the cut comes first because it can make such a half. */
function cleanText(value: unknown, longest: number): string {
  const text = typeof value === 'string' ? value : String(value ?? '');
  const cut = text.length > longest ? text.slice(0, longest) : text;
  const whole = cut.isWellFormed() ? cut : cut.toWellFormed();
  return whole.includes('\0') ? whole.replaceAll('\0', '\uFFFD') : whole;
}

function cleanInteger(value: unknown, least: number, most: number, otherwise: number): number {
  if (typeof value !== 'number' || Number.isNaN(value)) return otherwise;
  return Math.min(most, Math.max(least, Math.round(value)));
}

/** A clock that has gone mad must not open hours in the year 275760. */
function cleanInstant(value: unknown, now: number): number {
  return cleanInteger(value, EARLIEST_MS, LATEST_MS, now);
}

// Most requests of a while come from a few addresses.
const MOST_REMEMBERED_IPS = 10_000;
const cleanIps = new Map<string, string | null>();

function cleanIp(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const known = cleanIps.get(value);
  if (known !== undefined) return known;
  const ip = parseIp(value);
  if (cleanIps.size >= MOST_REMEMBERED_IPS) cleanIps.clear();
  if (value.length <= LONGEST_IP) cleanIps.set(value, ip);
  return ip;
}

/** Without zone (`fe80::1%eth0`), for which the column has no room; IPv6 in its shortest form, so that equal addresses are equal texts. */
function parseIp(value: string): string | null {
  const zone = value.indexOf('%');
  const ip = zone === -1 ? value : value.slice(0, zone);
  if (isIPv4(ip)) return ip;
  return isIPv6(ip) ? new SocketAddress({ address: ip, family: 'ipv6' }).address : null;
}
