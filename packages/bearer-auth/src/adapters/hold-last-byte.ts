import { type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { flatHeaders, type HeaderArgument, someHeader } from './header-list.ts';

type WriteCallback = (error?: Error | null) => void;

/** What the guard says on every answer; a handler's headers of these names (an upstream may have a limit of its own) are left out. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  'x-request-id',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'ratelimit-policy',
  'ratelimit',
]);

/** Only what begins with `x` or `r` is copied and looked up. */
function isOwn(name: string): boolean {
  const first = name.charCodeAt(0) | 0x20;
  return (first === 0x78 || first === 0x72) && OWN_NAMES.has(name.toLowerCase());
}

/** The longest body that goes out as text behind its head: copying more would cost more than a second piece. */
const MAX_JOINED_BYTES = 4_096;

const HOLD: unique symbol = Symbol('held response');

/** What `holdLastByte` needs of whoever asks for it. */
export interface HoldOwner<Owner> {
  /** Called once, when the handler has ended the answer, with the bytes of its body; the rest goes out with `releaseLastByte`. */
  readonly onEnd: (owner: Owner, responseBytes: number) => void;
  /** Called when the response closes, whether or not it was ended. */
  readonly onClose: (owner: Owner) => void;
}

/** A response whose end is held back, and what is known of its body. */
export interface Hold<Owner> {
  readonly owner: Owner;
  readonly calls: HoldOwner<Owner>;
  readonly res: ServerResponse;
  readonly ownHead: string;
  /** The methods as they were: others may have taken them over before. */
  readonly write: ServerResponse['write'];
  readonly end: ServerResponse['end'];
  readonly flushHeaders: ServerResponse['flushHeaders'];
  readonly getHeader: ServerResponse['getHeader'];
  readonly getHeaders: ServerResponse['getHeaders'];
  written: number;
  isEnded: boolean;
  held: Chunk | null;
  last: Chunk;
}

interface Chunk {
  readonly data: unknown;
  readonly encoding: BufferEncoding | undefined;
  readonly callback: WriteCallback | undefined;
}

const NOTHING: Chunk = { data: undefined, encoding: undefined, callback: undefined };

/** Where Node puts a head together, whichever way it was given; `_contentLength` is what the head declared, if anything. */
interface HeadStore {
  _storeHeader(firstLine: string, headers: HeaderArgument): void;
  _contentLength: unknown;
}

type HeldResponse = ServerResponse & HeadStore & { [HOLD]: Hold<unknown> };

/**
 * Takes over `write`, `end` and `flushHeaders` of a response, so that `ownHead` (lines, each with its line break) is in its head and nothing
 * that completes it goes out too early: neither the chunk that fills a declared length, nor the terminator of a chunked body, nor a head
 * without a body. The methods are the same functions for every response, and the lines go in where Node stores a head: both cost a
 * fraction of closures and of headers that are checked one by one.
 */
export function holdLastByte<Owner>(res: ServerResponse, ownHead: string, owner: Owner, calls: HoldOwner<Owner>): Hold<Owner> {
  const { write, end, flushHeaders, getHeader, getHeaders } = res;
  const hold: Hold<Owner> = {
    owner,
    calls,
    res,
    ownHead,
    write,
    end,
    flushHeaders,
    getHeader,
    getHeaders,
    written: 0,
    isEnded: false,
    held: null,
    last: NOTHING,
  };
  const taken = res as HeldResponse;
  taken[HOLD] = hold as Hold<unknown>;
  taken._storeHeader = storeHeader;
  taken.write = holdingWrite;
  taken.end = holdingEnd;
  taken.flushHeaders = holdingFlush;
  taken.getHeader = headerOrOwn;
  taken.getHeaders = headersAndOwn;
  taken.on('close', tellOfClose);
  return hold;
}

/** Lets go what is left of an answer that was ended. */
export function releaseLastByte<Owner>(hold: Hold<Owner>): void {
  if (hold.held !== null) passOn(hold, hold.held);
  if (hold.end === nodeEnd) endPlainly(hold);
  else endAsItWas(hold);
}

function endPlainly<Owner>({ res, last: { data, encoding, callback } }: Hold<Owner>): void {
  if (data instanceof Buffer && data.length <= MAX_JOINED_BYTES) {
    // As text it goes out together with the head, in one piece; `latin1` gives every byte back as it was.
    nodeEnd.call(res, data.toString('latin1'), 'latin1', callback as () => void);
  } else nodeEnd.call(res, data as string, encoding as BufferEncoding, callback as () => void);
}

/** Somebody else's `end` may well call `write`, and means the one that was there before. */
function endAsItWas<Owner>({ res, write, end, last: { data, encoding, callback } }: Hold<Owner>): void {
  const holding = res.write;
  res.write = write;
  end.call(res, data as string, encoding as BufferEncoding, callback as () => void);
  res.write = holding;
}

/** Bytes of the body that were written so far. */
export function writtenBytes<Owner>({ res, written }: Hold<Owner>): number {
  return hasBody(res) ? written : 0;
}

const nodeEnd = ServerResponse.prototype.end;
const storeNodeHeader = headStoreOf(ServerResponse.prototype);

function headStoreOf(prototype: ServerResponse): HeadStore['_storeHeader'] {
  const { _storeHeader } = prototype as Partial<HeadStore>;
  if (typeof _storeHeader === 'function') return _storeHeader;
  // Better no guard than one whose answers lack its headers.
  throw new Error('This version of Node stores the heads of responses in another way; the guard has to learn it first.');
}

function storeHeader(this: HeldResponse, firstLine: string, headers: HeaderArgument): void {
  storeNodeHeader.call(this, firstLine + this[HOLD].ownHead, someHeader(headers, isOwn) ? withoutOwn(this, headers) : headers);
}

/** Headers that were set one by one are taken out where they are; a list or an object that was given is the handler's, and is copied. */
function withoutOwn(res: ServerResponse, headers: HeaderArgument): HeaderArgument {
  if (res.getHeaderNames().length === 0) return flatHeaders(headers, isOwn);
  for (const name of OWN_NAMES) res.removeHeader(name);
  return headers;
}

function holdingWrite(this: HeldResponse, data: unknown, encodingOrCallback?: unknown, maybeCallback?: unknown): boolean {
  const hold = this[HOLD];
  if (hold.isEnded) return false;
  const chunk = toChunk(data, encodingOrCallback, maybeCallback);
  if (!this.headersSent) this.writeHead(this.statusCode);
  if (!hasBody(this)) return passOn(hold, chunk);
  hold.written += sizeOf(chunk);
  const declared = declaredLength(this);
  if (declared === null || hold.written < declared || hold.held !== null) return passOn(hold, chunk);
  hold.held = chunk;
  // Nothing is due to follow; to ask for a pause would wait for a `drain` that never comes.
  return true;
}

function holdingEnd<Response extends HeldResponse>(
  this: Response,
  dataOrCallback?: unknown,
  encodingOrCallback?: unknown,
  maybeCallback?: unknown,
): Response {
  const hold = this[HOLD];
  if (hold.isEnded) return this;
  hold.isEnded = true;
  const last = lastChunk(dataOrCallback, encodingOrCallback, maybeCallback);
  hold.last = last;
  if (last.data !== undefined) hold.written += sizeOf(last);
  hold.calls.onEnd(hold.owner, hasBody(this) ? hold.written : 0);
  return this;
}

function holdingFlush(this: HeldResponse): void {
  const hold = this[HOLD];
  if (hold.isEnded || !hasBody(this)) return;
  if (!this.headersSent) this.writeHead(this.statusCode);
  if (declaredLength(this) !== 0) hold.flushHeaders.call(this);
}

/** Once the head is stored, whoever looks at its headers – a logger, a test that injects requests – finds the guard's among them. */
function headersAndOwn(this: HeldResponse): OutgoingHttpHeaders {
  const { getHeaders, ownHead } = this[HOLD];
  const headers = getHeaders.call(this);
  return this.headersSent ? Object.assign(headers, headersOf(ownHead)) : headers;
}

function headerOrOwn(this: HeldResponse, name: string): OutgoingHttpHeader | undefined {
  const { getHeader, ownHead } = this[HOLD];
  return getHeader.call(this, name) ?? (this.headersSent && isOwn(name) ? headersOf(ownHead)[name.toLowerCase()] : undefined);
}

function headersOf(head: string): Record<string, string> {
  const lines = head.split('\r\n').slice(0, -1);
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)];
    }),
  );
}

function tellOfClose(this: HeldResponse): void {
  const { calls, owner } = this[HOLD];
  calls.onClose(owner);
}

function hasBody({ req, statusCode }: ServerResponse): boolean {
  return req.method !== 'HEAD' && statusCode !== 204 && statusCode !== 304;
}

/** What a stored head said about the length of its body, `null` where it said nothing that can be one. */
function declaredLength({ _contentLength }: HeadStore): number | null {
  return Number.isInteger(_contentLength) && (_contentLength as number) >= 0 ? (_contentLength as number) : null;
}

function passOn<Owner>({ res, write }: Hold<Owner>, { data, encoding, callback }: Chunk): boolean {
  return write.call(res, data as string, encoding as BufferEncoding, callback as WriteCallback);
}

function toChunk(data: unknown, encodingOrCallback: unknown, maybeCallback: unknown): Chunk {
  const encoding = typeof encodingOrCallback === 'string' ? (encodingOrCallback as BufferEncoding) : undefined;
  const callback = typeof encodingOrCallback === 'function' ? encodingOrCallback : maybeCallback;
  return { data, encoding, callback: typeof callback === 'function' ? (callback as WriteCallback) : undefined };
}

/** `end(callback)`, `end(data, callback)` and `end(data, encoding, callback)` are all in use; `null` data is none. */
function lastChunk(dataOrCallback: unknown, encodingOrCallback: unknown, maybeCallback: unknown): Chunk {
  if (typeof dataOrCallback === 'function') return toChunk(undefined, dataOrCallback, undefined);
  return toChunk(dataOrCallback ?? undefined, encodingOrCallback, maybeCallback);
}

function sizeOf({ data, encoding }: Chunk): number {
  return typeof data === 'string' ? Buffer.byteLength(data, encoding) : (data as Uint8Array).byteLength;
}
