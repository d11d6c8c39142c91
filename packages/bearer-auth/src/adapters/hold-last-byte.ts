import { type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { types } from 'node:util';
import { flatHeaders, type HeaderArgument, someHeader } from './header-list.ts';
import { OWN_HEADER_NAMES } from './own-header-names.ts';

type WriteCallback = (error?: Error | null) => void;

/** Whether a header is one that the guard writes. Only what begins with `x` or `r` is copied and looked up. */
export function isOwn(name: string): boolean {
  const first = name.charCodeAt(0) | 0x20;
  return (first === 0x78 || first === 0x72) && OWN_HEADER_NAMES.has(name.toLowerCase());
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
  /** Of several guards on one answer the last one to admit the request speaks. */
  ownHead: string;
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
  /** That of the guard which came after this one. */
  next: Hold<unknown> | null;
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
/** `undefined` before anything took it over. */
type FreeResponse = Omit<HeldResponse, typeof HOLD> & { [HOLD]: Hold<unknown> | undefined };

/**
 * Takes over how a response is written, ended and looked at, so that `ownHead` (lines, each with its line break) is in its head and nothing
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
    next: null,
  };
  const first = (res as FreeResponse)[HOLD];
  if (first === undefined) takeOver(res as HeldResponse, hold as Hold<unknown>);
  else takeOverAgain(res, first, hold as Hold<unknown>);
  return hold;
}

/** The first hold of a response; each leads to the next. */
export function firstHold(res: ServerResponse): Hold<unknown> | null {
  return (res as FreeResponse)[HOLD] ?? null;
}

function takeOver(res: HeldResponse, hold: Hold<unknown>): void {
  res[HOLD] = hold;
  res._storeHeader = storeHeader;
  res.write = holdingWrite;
  res.end = holdingEnd;
  res.flushHeaders = holdingFlush;
  res.getHeader = headerOrOwn;
  res.getHeaders = headersAndOwn;
  res.on('close', tellOfClose);
}

/** A second guard on the same answer: the shared functions find the hold of the first one, so it brings its own. */
function takeOverAgain(res: ServerResponse, first: Hold<unknown>, hold: Hold<unknown>): void {
  first.ownHead = hold.ownHead;
  lastOf(first).next = hold;
  res.write = (data: unknown, encodingOrCallback?: unknown, callback?: unknown) => writeHeld(hold, data, encodingOrCallback, callback);
  res.end = (dataOrCallback?: unknown, encodingOrCallback?: unknown, callback?: unknown) =>
    endHeld(hold, dataOrCallback, encodingOrCallback, callback);
  res.flushHeaders = () => flushHeld(hold);
  res.on('close', () => hold.calls.onClose(hold.owner));
}

function lastOf(first: Hold<unknown>): Hold<unknown> {
  let last = first;
  while (last.next !== null) last = last.next;
  return last;
}

/** Lets go what is left of an answer that was ended. What can not be written breaks the connection, and its error is thrown on. */
export function releaseLastByte<Owner>(hold: Hold<Owner>): void {
  try {
    if (hold.held !== null) passOn(hold, hold.held);
    if (hold.end === nodeEnd) endPlainly(hold);
    else endAsItWas(hold);
  } catch (error) {
    hold.res.destroy();
    throw error;
  }
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
  for (const name of OWN_HEADER_NAMES) res.removeHeader(name);
  return headers;
}

function holdingWrite(this: HeldResponse, data: unknown, encodingOrCallback?: unknown, maybeCallback?: unknown): boolean {
  return writeHeld(this[HOLD], data, encodingOrCallback, maybeCallback);
}

function writeHeld(hold: Hold<unknown>, data: unknown, encodingOrCallback: unknown, maybeCallback: unknown): boolean {
  const { res } = hold;
  if (hold.isEnded) return false;
  const chunk = toChunk(data, encodingOrCallback, maybeCallback);
  if (!isBody(data)) return passOn(hold, chunk);
  if (!res.headersSent) res.writeHead(res.statusCode);
  if (!hasBody(res)) return passOn(hold, chunk);
  hold.written += sizeOf(chunk);
  const declared = declaredLength(res as HeldResponse);
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
  endHeld(this[HOLD], dataOrCallback, encodingOrCallback, maybeCallback);
  return this;
}

function endHeld(hold: Hold<unknown>, dataOrCallback: unknown, encodingOrCallback: unknown, maybeCallback: unknown): ServerResponse {
  const { res } = hold;
  if (hold.isEnded) return res;
  const last = lastChunk(dataOrCallback, encodingOrCallback, maybeCallback);
  throwAsNode(res, last.data);
  hold.isEnded = true;
  hold.last = last;
  if (last.data !== undefined) hold.written += sizeOf(last);
  hold.calls.onEnd(hold.owner, hasBody(res) ? hold.written : 0);
  return res;
}

function holdingFlush(this: HeldResponse): void {
  flushHeld(this[HOLD]);
}

function flushHeld({ res, isEnded, flushHeaders }: Hold<unknown>): void {
  if (isEnded || !hasBody(res)) return;
  if (!res.headersSent) res.writeHead(res.statusCode);
  if (declaredLength(res as HeldResponse) !== 0) flushHeaders.call(res);
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

/** `end(callback)`, `end(data, callback)` and `end(data, encoding, callback)` are all in use; for Node whatever is falsy is no data. */
function lastChunk(dataOrCallback: unknown, encodingOrCallback: unknown, maybeCallback: unknown): Chunk {
  if (typeof dataOrCallback === 'function') return toChunk(undefined, dataOrCallback, undefined);
  return toChunk(dataOrCallback || undefined, encodingOrCallback, maybeCallback);
}

/** What Node does not send the handler hears of at once, from Node, while it can still answer something else. */
function throwAsNode(res: ServerResponse, data: unknown): void {
  if (data !== undefined && !isBody(data)) nodeEnd.call(res, data, 'utf8');
  if (!res.headersSent && !(res.statusCode >= 100 && res.statusCode <= 999)) res.writeHead(res.statusCode);
}

/** Whether Node takes it for a body; anything else it refuses by throwing. */
function isBody(data: unknown): boolean {
  return typeof data === 'string' || types.isUint8Array(data);
}

function sizeOf({ data, encoding }: Chunk): number {
  return typeof data === 'string' ? Buffer.byteLength(data, encoding) : (data as Uint8Array).byteLength;
}
