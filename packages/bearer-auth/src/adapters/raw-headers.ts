const SECOND_AUTHORIZATION = ', ';
const SCHEME = 'bearer ';

/**
 * Headers as names and values in turn. The fetch API joins two lines of `Authorization` into one; where a part of it begins like a bearer
 * token it was a line of its own, because no token has a comma.
 */
export function rawHeadersOf(headers: Headers): string[] {
  const raw: string[] = [];
  for (const [name, value] of headers) {
    if (name === 'authorization') for (const line of splitLines(value)) raw.push(name, line);
    else raw.push(name, value);
  }
  return raw;
}

function splitLines(value: string): string[] {
  const parts = value.split(SECOND_AUTHORIZATION);
  const isSecond = (part: string, index: number) => index > 0 && part.slice(0, SCHEME.length).toLowerCase() === SCHEME;
  return parts.some(isSecond) ? parts : [value];
}
