import type { TokenRecord } from '@latchkey/core';
import { identityHeaders } from './identity-headers.ts';

/** A record is replaced and never changed, so what it says is written once. */
const written = new WeakMap<TokenRecord, string>();

/** The lines of a request's head that say who is calling. */
export function identityFields(token: TokenRecord): string {
  const known = written.get(token);
  if (known !== undefined) return known;
  const headers = identityHeaders(token);
  let lines = '';
  for (let index = 0; index < headers.length; index += 2) lines += `${headers[index]}: ${headers[index + 1]}\r\n`;
  written.set(token, lines);
  return lines;
}
