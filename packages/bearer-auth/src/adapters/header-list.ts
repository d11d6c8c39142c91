import type { OutgoingHttpHeader, OutgoingHttpHeaders } from 'node:http';

/** Headers in every form that `ServerResponse.writeHead` takes. */
export type HeaderArgument =
  | OutgoingHttpHeaders
  | readonly OutgoingHttpHeader[]
  | readonly (readonly [string, OutgoingHttpHeader])[]
  | undefined;

/** The same headers as names and values in turn, without those that are `dropped`. */
export function flatHeaders(headers: HeaderArgument, dropped: (name: string) => boolean): OutgoingHttpHeader[] {
  if (headers === undefined || headers === null) return [];
  const list: readonly unknown[] = Array.isArray(headers) ? pairwise(headers) : Object.entries(headers).flatMap(expandEntry);
  const kept: OutgoingHttpHeader[] = [];
  for (let index = 0; index < list.length; index += 2) {
    const name = String(list[index]);
    const value = list[index + 1];
    if (value !== undefined && !dropped(name)) kept.push(name, value as OutgoingHttpHeader);
  }
  return kept;
}

/** Whether any header is one that `isMeant`. Takes what Node keeps of headers that were set one by one, too. */
export function someHeader(headers: HeaderArgument, isMeant: (name: string) => boolean): boolean {
  if (headers === undefined || headers === null) return false;
  if (!Array.isArray(headers)) {
    for (const name in headers) if (isMeant(name)) return true;
    return false;
  }
  if (Array.isArray(headers[0])) return headers.some(([name]) => isMeant(String(name)));
  for (let index = 0; index < headers.length; index += 2) if (isMeant(String(headers[index]))) return true;
  return false;
}

/** `[[name, value], …]` and `[name, value, …]` are the same thing. */
function pairwise(headers: readonly unknown[]): readonly unknown[] {
  return Array.isArray(headers[0]) ? headers.flatMap((pair) => expandEntry(pair as [string, unknown])) : headers;
}

/** `set-cookie: [a, b]` are two lines. */
function expandEntry([name, value]: readonly [string, unknown]): unknown[] {
  return Array.isArray(value) ? value.flatMap((line) => [name, line]) : [name, value];
}
