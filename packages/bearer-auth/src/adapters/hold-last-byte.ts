import type { IncomingMessage, ServerResponse } from 'node:http';
import { contentLengthOf, flatHeaders, type HeaderArgument, parseLength } from './header-list.ts';

type WriteCallback = (error?: Error | null) => void;

interface Chunk {
  readonly data: unknown;
  readonly encoding: BufferEncoding | undefined;
  readonly callback: WriteCallback | undefined;
}

export interface HeldResponse {
  /** Bytes of the body that were written so far. */
  writtenBytes(): number;
}

/** What the guard says on every answer; a handler's headers of these names (an upstream may have a limit of its own) are left out. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  'x-request-id',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'ratelimit-policy',
  'ratelimit',
]);

/**
 * Takes over `writeHead`, `write`, `end` and `flushHeaders` of a response, so that `ownHeaders` are on it and nothing that completes it goes
 * out too early: neither the chunk that fills a declared length, nor the terminator of a chunked body, nor a head without a body.
 * `onEnd` is called once, when the handler has ended the answer, with the bytes of its body; the rest goes out at `release`.
 */
export function holdLastByte(
  req: IncomingMessage,
  res: ServerResponse,
  ownHeaders: readonly string[],
  onEnd: (responseBytes: number, release: () => void) => void,
): HeldResponse {
  const original = { write: res.write, end: res.end, writeHead: res.writeHead, flushHeaders: res.flushHeaders };
  let written = 0;
  let declared: number | null = null;
  let held: Chunk | null = null;
  let isEnded = false;

  const hasBody = (): boolean => req.method !== 'HEAD' && res.statusCode !== 204 && res.statusCode !== 304;

  function passOn({ data, encoding, callback }: Chunk): boolean {
    return original.write.call(res, data as string, encoding as BufferEncoding, callback as WriteCallback);
  }

  res.writeHead = (status: number, reasonOrHeaders?: unknown, maybeHeaders?: unknown) => {
    const reason = typeof reasonOrHeaders === 'string' ? reasonOrHeaders : undefined;
    const given = flatHeaders((reason === undefined ? reasonOrHeaders : maybeHeaders) as HeaderArgument, OWN_NAMES);
    for (const name of OWN_NAMES) res.removeHeader(name);
    declared = contentLengthOf(given) ?? parseLength(res.getHeader('content-length'));
    const headers = [...given, ...ownHeaders];
    return reason === undefined
      ? original.writeHead.call(res, status, headers)
      : callWithReason(original.writeHead, res, status, reason, headers);
  };

  res.write = (data: unknown, encodingOrCallback?: unknown, maybeCallback?: unknown) => {
    if (isEnded) return false;
    const chunk = toChunk(data, encodingOrCallback, maybeCallback);
    if (!res.headersSent) res.writeHead(res.statusCode);
    if (!hasBody()) return passOn(chunk);
    written += sizeOf(chunk);
    if (declared === null || written < declared || held !== null) return passOn(chunk);
    held = chunk;
    // Nothing is due to follow; to ask for a pause would wait for a `drain` that never comes.
    return true;
  };

  res.end = (dataOrCallback?: unknown, encodingOrCallback?: unknown, maybeCallback?: unknown) => {
    if (isEnded) return res;
    isEnded = true;
    const last = lastChunk(dataOrCallback, encodingOrCallback, maybeCallback);
    written += last.data === undefined ? 0 : sizeOf(last);
    onEnd(hasBody() ? written : 0, () => {
      if (held !== null) passOn(held);
      original.end.call(res, last.data as string, last.encoding as BufferEncoding, last.callback as () => void);
    });
    return res;
  };

  res.flushHeaders = () => {
    if (isEnded || !hasBody()) return;
    if (!res.headersSent) res.writeHead(res.statusCode);
    if (declared !== 0) original.flushHeaders.call(res);
  };

  return { writtenBytes: () => (hasBody() ? written : 0) };
}

/** The typings know `writeHead` with a reason only with headers as an object; Node takes a list just as well. */
function callWithReason(writeHead: ServerResponse['writeHead'], res: ServerResponse, ...args: unknown[]): ServerResponse {
  return Reflect.apply(writeHead, res, args);
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
