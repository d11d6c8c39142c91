import { POSTGRES_EPOCH_MS, put16, put32, writeInt2, writeInt4, writeInt8, writeText } from './binary-value.ts';
import type { CleanRecord } from './clean-record.ts';

/** Columns of the usage log in the order that `encodeUsageRows` writes them. `id` comes from its sequence. */
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
const TRAILER = Buffer.from([0xff, 0xff]);
const NULL_FIELD = -1;
const DOT = 46;
const ZERO = 48;
// Numbers, lengths and an IPv6 address; each UTF-16 unit of text takes at most three bytes of UTF-8.
const FIXED_ROW_BYTES = 192;

/** Rows in PostgreSQL's binary COPY format. They must have gone through `cleanRecord`. */
export function encodeUsageRows(records: readonly CleanRecord[]): Buffer {
  const out = Buffer.allocUnsafeSlow(records.reduce((bytes, record) => bytes + largestRow(record), 0));
  let end = 0;
  for (const record of records) end = writeRow(out, end, record);
  // What was left free would stay allocated for as long as the rows wait.
  return Buffer.from(out.subarray(0, end));
}

/** What COPY is sent: the rows between its header and its end. */
export function frameUsageCopy(rows: readonly Buffer[]): Buffer[] {
  return [HEADER, ...rows, TRAILER];
}

function largestRow(record: CleanRecord): number {
  const { method, endpoint, path, userAgent, outcome, requestId, trial } = record;
  const units =
    method.length + endpoint.length + path.length + (userAgent?.length ?? 0) + outcome.length + requestId.length + (trial?.length ?? 0);
  return FIXED_ROW_BYTES + units * 3;
}

function writeRow(out: Buffer, start: number, record: CleanRecord): number {
  let end = put16(out, start, COPY_COLUMNS.length);
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
  end = record.secretId === null ? put32(out, end, NULL_FIELD) : writeInt4(out, end, record.secretId);
  end = writeInt4(out, end, record.cost);
  end = writeOptionalText(out, end, record.trial);
  return writeOptionalText(out, end, record.via);
}

function writeOptionalText(out: Buffer, at: number, text: string | null): number {
  return text === null ? put32(out, at, NULL_FIELD) : writeText(out, at, text);
}

/** inet_send: family (2 or 3), bits of the mask, "is a cidr", length of the address, the address. */
function writeInet(out: Buffer, at: number, ip: string | null): number {
  if (ip === null) return put32(out, at, NULL_FIELD);
  if (!ip.includes(':')) return writeIPv4(out, put32(out, put32(out, at, 8), 0x02_20_00_04), ip);
  const start = put32(out, put32(out, at, 20), 0x03_80_00_10);
  out.set(ipv6Bytes(ip), start);
  return start + 16;
}

/** The four bytes of a valid IPv4 text. */
function writeIPv4(out: Buffer, start: number, ip: string): number {
  let end = start;
  let byte = 0;
  for (let at = 0; at < ip.length; at += 1) {
    const unit = ip.charCodeAt(at);
    if (unit === DOT) {
      out[end++] = byte;
      byte = 0;
    } else byte = byte * 10 + unit - ZERO;
  }
  out[end] = byte;
  return end + 1;
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
