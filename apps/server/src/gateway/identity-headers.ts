import type { TokenRecord } from '@latchkey/core';

/** What says who calls; a client's own headers of these names never arrive. */
const TOKEN_ID = 'X-Latchkey-Token-Id';
const OWNER = 'X-Latchkey-Owner';
const SCOPES = 'X-Latchkey-Scopes';

/** Who calls, as the upstream learns it: names and values in turn, without what there is not. */
export function identityHeaders(token: TokenRecord): string[] {
  const [id, owner, scopes] = identityOf(token);
  return [TOKEN_ID, id, ...(owner === '' ? [] : [OWNER, owner]), ...(scopes === '' ? [] : [SCOPES, scopes])];
}

/**
 * The same for a proxy that copies these headers: all of them, empty where there is nothing. What is missing some proxies leave as the
 * client sent it (Envoy), or replace with the name of a variable (Caddy 2.6).
 */
export function completeIdentityHeaders(token: TokenRecord): string[] {
  const [id, owner, scopes] = identityOf(token);
  return [TOKEN_ID, id, OWNER, owner, SCOPES, scopes];
}

function identityOf(token: TokenRecord): [id: string, owner: string, scopes: string] {
  const owner = [token.ownerType, token.ownerId].filter((part) => part !== null).map(fieldText);
  return [String(token.id), owner.join(':'), token.scopes.map(fieldText).join(' ')];
}

/** Owners and scopes are free text; what a header can not carry, and what would blur the separators, is percent-encoded. */
function fieldText(text: string): string {
  return text.toWellFormed().replace(/[^\x21-\x7e]|%/gu, encodeURIComponent);
}
