import { isIPv4 } from 'node:net';
import { POSTGRES_EPOCH_MS, writeInt4, writeInt8, writeText } from './binary-value.ts';
import type { CleanRecord } from './clean-record.ts';

/** Columns of the usage log in the order that `encodeUsageCopy` writes them. `id` comes from its sequence. */
export const COPY_COLUMNS = [
  'token_id',
  'at',
  'method',
  'endpoint',
  'path',
  'status_code',
  'duration_us',
  'request_bytes',
  'response_bytes',
  'ip',
  'user_agent',
  'outcome',
  'request_id',
  'secret_id',
  'cost',
  'trial',
  'via',
] as const;

// PostgreSQL documentation, COPY, "Binary Format": signature, flags, length of the header extension.
const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const TRAILER = -1;
const NULL_FIELD = -1;
// Numbers, lengths and an IPv6 address; each UTF-16 unit of text takes at most three bytes of UTF-8.
const FIXED_ROW_BYTES = 192;

/** The rows in PostgreSQL's binary COPY format. They must have gone through `cleanRecord`. */
export function encodeUsageCopy(records: readonly CleanRecord[]): Buffer {
  const out = Buffer.allocUnsafe(HEADER.length + 2 + records.reduce((bytes, record) => bytes + largestRow(record), 0));
  let end = HEADER.copy(out);
  for (const record of records) end = writeRow(out, end, record);
  end = out.writeInt16BE(TRAILER, end);
  return out.subarray(0, end);
}

function largestRow(record: CleanRecord): number {
  const { method, endpoint, path, userAgent, outcome, requestId, trial } = record;
  const units =
    method.length + endpoint.length + path.length + (userAgent?.length ?? 0) + outcome.length + requestId.length + (trial?.length ?? 0);
  return FIXED_ROW_BYTES + units * 3;
}

function writeRow(out: Buffer, start: number, record: CleanRecord): number {
  let end = out.writeInt16BE(COPY_COLUMNS.length, start);
  end = writeInt4(out, end, record.tokenId);
  end = writeInt8(out, end, (record.at - POSTGRES_EPOCH_MS) * 1000);
  end = writeText(out, end, record.method);
  end = writeText(out, end, record.endpoint);
  end = writeText(out, end, record.path);
  end = writeInt2(out, end, record.status);
  end = writeInt8(out, end, record.durationUs);
  end = writeInt8(out, end, record.requestBytes);
  end = writeInt8(out, end, record.responseBytes);
  end = writeInet(out, end, record.ip);
  end = writeOptionalText(out, end, record.userAgent);
  end = writeText(out, end, record.outcome);
  end = writeText(out, end, record.requestId);
  end = record.secretId === null ? out.writeInt32BE(NULL_FIELD, end) : writeInt4(out, end, record.secretId);
  end = writeInt4(out, end, record.cost);
  end = writeOptionalText(out, end, record.trial);
  return writeOptionalText(out, end, record.via);
}

function writeOptionalText(out: Buffer, at: number, text: string | null): number {
  return text === null ? out.writeInt32BE(NULL_FIELD, at) : writeText(out, at, text);
}

function writeInt2(out: Buffer, at: number, value: number): number {
  return out.writeInt16BE(value, out.writeInt32BE(2, at));
}

/** inet_send: family (2 or 3), bits of the mask, "is a cidr", length of the address, the address. */
function writeInet(out: Buffer, at: number, ip: string | null): number {
  if (ip === null) return out.writeInt32BE(NULL_FIELD, at);
  const bytes = isIPv4(ip) ? ip.split('.').map(Number) : ipv6Bytes(ip);
  let end = out.writeInt32BE(4 + bytes.length, at);
  for (const byte of [bytes.length === 4 ? 2 : 3, bytes.length * 8, 0, bytes.length, ...bytes]) end = out.writeUInt8(byte, end);
  return end;
}

/** The 16 bytes of a valid IPv6 text (RFC 4291 §2.2: one `::`, and IPv4 in the last two groups). */
function ipv6Bytes(ip: string): number[] {
  const [head = '', tail] = ip.split('::');
  const front = groupBytes(head);
  const back = tail === undefined ? [] : groupBytes(tail);
  return [...front, ...Array<number>(16 - front.length - back.length).fill(0), ...back];
}

function groupBytes(groups: string): number[] {
  if (groups === '') return [];
  return groups.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
