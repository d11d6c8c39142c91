import type { OutgoingHttpHeader, OutgoingHttpHeaders } from 'node:http';

/** Headers in every form that `ServerResponse.writeHead` takes. */
export type HeaderArgument =
  | OutgoingHttpHeaders
  | readonly OutgoingHttpHeader[]
  | readonly (readonly [string, OutgoingHttpHeader])[]
  | undefined;

/** The same headers as names and values in turn, without those of `dropped` (lower-case names). */
export function flatHeaders(headers: HeaderArgument, dropped: ReadonlySet<string>): OutgoingHttpHeader[] {
  if (headers === undefined || headers === null) return [];
  const list: readonly unknown[] = Array.isArray(headers) ? pairwise(headers) : Object.entries(headers).flatMap(expandEntry);
  const kept: OutgoingHttpHeader[] = [];
  for (let index = 0; index < list.length; index += 2) {
    const name = String(list[index]);
    const value = list[index + 1];
    if (value !== undefined && !dropped.has(name.toLowerCase())) kept.push(name, value as OutgoingHttpHeader);
  }
  return kept;
}

/** The value of `Content-Length` in such a list, `null` where there is none. */
export function contentLengthOf(headers: readonly OutgoingHttpHeader[]): number | null {
  for (let index = 0; index < headers.length; index += 2) {
    if (String(headers[index]).toLowerCase() === 'content-length') return parseLength(headers[index + 1]);
  }
  return null;
}

export function parseLength(value: OutgoingHttpHeader | undefined): number | null {
  const length = value === undefined ? Number.NaN : Number(value);
  return Number.isInteger(length) && length >= 0 ? length : null;
}

/** `[[name, value], …]` and `[name, value, …]` are the same thing. */
function pairwise(headers: readonly unknown[]): readonly unknown[] {
  return Array.isArray(headers[0]) ? headers.flatMap((pair) => expandEntry(pair as [string, unknown])) : headers;
}

/** `set-cookie: [a, b]` are two lines. */
function expandEntry([name, value]: readonly [string, unknown]): unknown[] {
  return Array.isArray(value) ? value.flatMap((line) => [name, line]) : [name, value];
}
