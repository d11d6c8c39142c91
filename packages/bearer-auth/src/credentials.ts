/** What a request brought to identify itself. */
export type Credential =
  | { readonly kind: 'none' }
  /** Two `Authorization` lines: which one counts would be a guess, so neither does. */
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'token'; readonly text: string };

const SPACE = 0x20;
const NONE: Credential = { kind: 'none' };
const DUPLICATE: Credential = { kind: 'duplicate' };

/**
 * Finds the one candidate of a request (contract §4, C-05): `Authorization: Bearer <token>` with the scheme in any case and one or more
 * spaces; else `X-API-Key`; else an `Authorization` value without a scheme; else the query parameter, where one is configured.
 * The first one present is the only candidate. An empty value counts as absent, and so does another scheme such as `Basic`.
 * @param rawHeaders names and values in turn, as `IncomingMessage.rawHeaders` has them: the joined headers hide a second line.
 * @param search `''` or `?…`.
 */
export function findCredential(rawHeaders: readonly string[], search: string, queryParameter: string | null): Credential {
  const lines = readLines(rawHeaders);
  if (lines === null) return DUPLICATE;
  const bearer = lines.authorization === null ? null : bearerToken(lines.authorization);
  const text = bearer || lines.apiKey || bareToken(lines.authorization) || queryToken(search, queryParameter);
  return text ? { kind: 'token', text } : NONE;
}

/** `search` without the parameter that carries a token, so that it reaches neither an upstream nor a log. */
export function withoutQueryToken(search: string, queryParameter: string): string {
  const kept = search
    .slice(1)
    .split('&')
    .filter((pair) => !new URLSearchParams(pair).has(queryParameter));
  return kept.length === 0 || search === '' ? '' : `?${kept.join('&')}`;
}

/** `null`: more than one `Authorization` line. Several `X-API-Key` lines are one value, joined as HTTP joins them. */
function readLines(rawHeaders: readonly string[]): { authorization: string | null; apiKey: string | null } | null {
  let authorization: string | null = null;
  let apiKey: string | null = null;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    // Most headers are ruled out by their length.
    if (name.length === 13 && isNamed(name, 'Authorization', 'authorization')) {
      if (authorization !== null) return null;
      authorization = rawHeaders[index + 1] ?? '';
    } else if (name.length === 9 && isNamed(name, 'X-API-Key', 'x-api-key')) {
      const value = rawHeaders[index + 1] ?? '';
      apiKey = apiKey === null ? value : `${apiKey}, ${value}`;
    }
  }
  return { authorization, apiKey };
}

/** As nearly everybody writes it, or in any other case. */
function isNamed(name: string, usual: string, lowerCase: string): boolean {
  return name === usual || name === lowerCase || name.toLowerCase() === lowerCase;
}

/** `null` when the scheme is another one; `''` when nothing follows it. */
function bearerToken(value: string): string | null {
  if (!value.startsWith('Bearer') && value.slice(0, 6).toLowerCase() !== 'bearer') return null;
  if (value.length > 6 && value.charCodeAt(6) !== SPACE) return null;
  return withoutBlanks(value, 7);
}

/** What follows, between blanks: tabs, and what else JavaScript would trim, are parts of a text that is no token. */
function withoutBlanks(value: string, start: number): string {
  let from = start;
  while (value.charCodeAt(from) === SPACE) from++;
  let to = value.length;
  while (to > from && value.charCodeAt(to - 1) === SPACE) to--;
  return value.slice(from, to);
}

/** A value that is nothing but a token: no space, and not a lone scheme name. */
function bareToken(value: string | null): string | null {
  return value === null || value.includes(' ') || bearerToken(value) !== null ? null : value;
}

function queryToken(search: string, queryParameter: string | null): string | null {
  return queryParameter === null || search === '' ? null : new URLSearchParams(search).get(queryParameter);
}
