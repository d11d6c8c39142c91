import { hasBadBytes, isFieldName, trimBlanks } from '../../http/field-text.ts';

/** How the end of a body is known (RFC 9112 §6.3). */
export type BodyFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' };

export interface ResponseHead {
  readonly status: number;
  /** Names and values in turn, every line as it came. */
  readonly rawHeaders: readonly string[];
  readonly framing: BodyFraming;
  /** Whether the connection may be used again. */
  readonly persistent: boolean;
  /** How long the upstream says that it keeps an idle connection; `null`: it does not say. */
  readonly keepAliveSeconds: number | null;
}

/** What the fields say of framing and connection, while they are read. */
interface Framing {
  contentLength: number | null;
  chunked: boolean;
  closes: boolean;
  keepAliveSeconds: number | null;
}

const END_OF_LINE = '\r\n';
const STATUS_LINE = /^HTTP\/1\.[01] [1-9]\d\d(?: |$)/;
/** 15 digits are below 2^53. */
const CONTENT_LENGTH = /^\d{1,15}$/;
const KEEP_ALIVE_TIMEOUT = /(?:^|[,\s])timeout=(\d{1,6})(?:$|[,\s])/i;
const NO_BODY: BodyFraming = { kind: 'none' };
const CHUNKED: BodyFraming = { kind: 'chunked' };
const UNTIL_CLOSE: BodyFraming = { kind: 'until-close' };

/**
 * A response's head, of which `text` is every line with its CRLF but the empty one; `null` where it is not exactly what RFC 9112 allows.
 * Refused on top of that: what two readers might frame differently – several lengths, be they equal; a length beside chunks; any coding but
 * chunks; tabs around either; folded lines.
 */
export function parseResponseHead(text: string, method: string): ResponseHead | null {
  if (hasBadBytes(text)) return null;
  const end = text.indexOf(END_OF_LINE);
  const statusLine = text.slice(0, end);
  if (!STATUS_LINE.test(statusLine)) return null;
  const status = Number(statusLine.slice(9, 12));
  const framing: Framing = { contentLength: null, chunked: false, closes: false, keepAliveSeconds: null };
  const rawHeaders = readFields(text, end + 2, framing);
  if (rawHeaders === null) return null;
  const isOld = statusLine[7] === '0';
  if (framing.chunked && (framing.contentLength !== null || isOld)) return null;
  const body = bodyFraming(status, method, framing);
  return {
    status,
    rawHeaders,
    framing: body,
    persistent: !framing.closes && !isOld && body.kind !== 'until-close',
    keepAliveSeconds: framing.keepAliveSeconds,
  };
}

/** A field line of a head or a trailer: name and value, `null` where it is none. */
export function parseFieldLine(line: string): [name: string, value: string] | null {
  const colon = line.indexOf(':');
  if (colon < 1) return null;
  const name = line.slice(0, colon);
  return isFieldName(name) ? [name, trimBlanks(line, colon + 1, line.length)] : null;
}

function readFields(text: string, from: number, framing: Framing): string[] | null {
  const fields: string[] = [];
  for (let at = from; at < text.length; ) {
    const end = text.indexOf(END_OF_LINE, at);
    const line = text.slice(at, end);
    const field = parseFieldLine(line);
    if (field === null || !noteFraming(framing, field[0], field[1], line)) return null;
    fields.push(field[0], field[1]);
    at = end + 2;
  }
  return fields;
}

/** `false`: nobody can tell what it means. The lengths of names spare most fields the comparison. */
function noteFraming(framing: Framing, name: string, value: string, line: string): boolean {
  switch (name.length) {
    case 10:
      noteConnection(framing, name, value);
      return true;
    case 14:
      return name.toLowerCase() !== 'content-length' || (!line.includes('\t') && noteContentLength(framing, value));
    case 17:
      return name.toLowerCase() !== 'transfer-encoding' || (!line.includes('\t') && noteTransferEncoding(framing, value));
    default:
      return true;
  }
}

function noteConnection(framing: Framing, name: string, value: string): void {
  const lower = name.toLowerCase();
  if (lower === 'keep-alive') {
    const seconds = KEEP_ALIVE_TIMEOUT.exec(value)?.[1];
    if (seconds !== undefined) framing.keepAliveSeconds = Number(seconds);
  } else if (lower === 'connection' && value.length >= 5 && value !== 'keep-alive') {
    const options = value.toLowerCase().split(',');
    if (options.some((option) => option.trim() === 'close')) framing.closes = true;
  }
}

function noteContentLength(framing: Framing, value: string): boolean {
  if (framing.contentLength !== null || !CONTENT_LENGTH.test(value)) return false;
  framing.contentLength = Number(value);
  return true;
}

function noteTransferEncoding(framing: Framing, value: string): boolean {
  if (framing.chunked || value.toLowerCase() !== 'chunked') return false;
  framing.chunked = true;
  return true;
}

function bodyFraming(status: number, method: string, { contentLength, chunked }: Framing): BodyFraming {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return NO_BODY;
  if (chunked) return CHUNKED;
  if (contentLength === null) return UNTIL_CLOSE;
  return contentLength === 0 ? NO_BODY : { kind: 'length', length: contentLength };
}
