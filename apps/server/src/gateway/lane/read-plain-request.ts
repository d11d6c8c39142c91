import type { IncomingHttpHeaders } from 'node:http';
import { hasBadBytes, isFieldName, trimBlanks } from '../../http/field-text.ts';
import { HOST } from '../../http/is-plain-request.ts';

/** The fields of a request, of which each name stands once. */
export interface PlainFields {
  /** As they came: every line with its CRLF. */
  readonly text: string;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
  /** Those that the gateway asks for by their names. */
  readonly headers: IncomingHttpHeaders;
  /** Of the body, in bytes. */
  readonly bodyLength: number;
  /** Whether the client has no more requests for this connection. */
  readonly isLast: boolean;
}

/** A request that every program on the way reads alike, with all of its body. */
export interface PlainRequest {
  readonly method: string;
  readonly target: string;
  readonly fields: PlainFields;
  /** In Latin-1: one character for each byte. */
  readonly body: string;
  /** How many bytes it is long, head and body. */
  readonly length: number;
}

const REQUEST_LINE = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE) \/[!-~]* HTTP\/1\.1$/;
const END_OF_LINE = '\r\n';
const END_OF_HEAD = '\r\n\r\n';
const CONTENT_LENGTH = /^\d{1,6}$/;
const MAX_FIELDS = 48;

/**
 * Reads the request that `text` (Latin-1) begins with; `null` where it is not whole yet, or anything about it is not as plain as can be: those
 * are for Node's parser, which knows the rest of HTTP and how to refuse what is none. So everything here is a reason to be `null`: a method that
 * is rare, a target that is no path, a field that is folded, repeated or about the connection, a body in chunks or one that is asked for.
 *
 * @param known what was read of the last request of this connection: most clients say the same again.
 */
export function readPlainRequest(text: string, known: PlainFields | null): PlainRequest | null {
  const endOfLine = text.indexOf(END_OF_LINE);
  const endOfHead = text.indexOf(END_OF_HEAD, endOfLine);
  if (endOfLine === -1 || endOfHead === -1) return null;
  const line = text.slice(0, endOfLine);
  if (!REQUEST_LINE.test(line)) return null;
  const fieldsText = text.slice(endOfLine + END_OF_LINE.length, endOfHead + END_OF_LINE.length);
  const fields = known !== null && known.text === fieldsText ? known : readPlainFields(fieldsText);
  if (fields === null) return null;
  const bodyAt = endOfHead + END_OF_HEAD.length;
  const length = bodyAt + fields.bodyLength;
  if (text.length < length) return null;
  const space = line.indexOf(' ');
  const target = line.slice(space + 1, -' HTTP/1.1'.length);
  return { method: line.slice(0, space), target, fields, body: text.slice(bodyAt, length), length };
}

/** @param text every line with its CRLF. */
function readPlainFields(text: string): PlainFields | null {
  if (hasBadBytes(text)) return null;
  const rawHeaders: string[] = [];
  const names: string[] = [];
  const headers = noHeaders();
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf(END_OF_LINE, at);
    const colon = text.indexOf(':', at);
    if (colon === -1 || colon > end) return null;
    const name = text.slice(at, colon);
    const lower = lowerName(name);
    const value = trimBlanks(text, colon + 1, end);
    if (lower === null || names.includes(lower) || names.length === MAX_FIELDS || !note(headers, lower, value)) return null;
    names.push(lower);
    rawHeaders.push(name, value);
    at = end + END_OF_LINE.length;
  }
  if (headers.host === undefined) return null;
  return { text, rawHeaders, headers, bodyLength: Number(headers['content-length'] ?? 0), isLast: headers.connection === 'close' };
}

/** Always of one shape. */
function noHeaders(): IncomingHttpHeaders {
  return {
    host: undefined,
    'content-length': undefined,
    'user-agent': undefined,
    accept: undefined,
    via: undefined,
    cookie: undefined,
    connection: undefined,
    'transfer-encoding': undefined,
    expect: undefined,
    upgrade: undefined,
  };
}

/** `false`: the field is one that Node's parser should see. */
function note(headers: IncomingHttpHeaders, name: string, value: string): boolean {
  switch (name) {
    case 'host':
      headers.host = value;
      return HOST.test(value);
    case 'content-length':
      headers['content-length'] = value;
      return CONTENT_LENGTH.test(value);
    case 'connection':
      headers.connection = value.toLowerCase();
      return headers.connection === 'keep-alive' || headers.connection === 'close';
    case 'user-agent':
    case 'accept':
    case 'via':
    case 'cookie':
      headers[name] = value;
      return true;
    case 'transfer-encoding':
    case 'expect':
    case 'upgrade':
    case 'http2-settings':
      return false;
    default:
      return true;
  }
}

/** Names as they were spelt. People spell the same few; whoever invents names gains nothing, and fills nothing but this. */
const lowered = new Map<string, string>();
const MAX_LOWERED = 1_024;
const MAX_LOWERED_LENGTH = 64;

/** `null`: no name of a field. */
function lowerName(name: string): string | null {
  const known = lowered.get(name);
  if (known !== undefined) return known;
  if (!isFieldName(name)) return null;
  const lower = name.toLowerCase();
  if (lowered.size < MAX_LOWERED && name.length <= MAX_LOWERED_LENGTH) lowered.set(name, lower);
  return lower;
}
