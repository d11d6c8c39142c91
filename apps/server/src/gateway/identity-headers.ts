import type { TokenRecord } from '@latchkey/core';

/** Who calls, as the upstream learns it by every door: names and values in turn. A client's own headers of these names never arrive. */
export function identityHeaders(token: TokenRecord): string[] {
  const headers = ['X-Latchkey-Token-Id', String(token.id)];
  const owner = [token.ownerType, token.ownerId].filter((part) => part !== null).map(fieldText);
  if (owner.length > 0) headers.push('X-Latchkey-Owner', owner.join(':'));
  if (token.scopes.length > 0) headers.push('X-Latchkey-Scopes', token.scopes.map(fieldText).join(' '));
  return headers;
}

/** Owners and scopes are free text; what a header can not carry, and what would blur the separators, is percent-encoded. */
function fieldText(text: string): string {
  return text.toWellFormed().replace(/[^\x21-\x7e]|%/gu, encodeURIComponent);
}
