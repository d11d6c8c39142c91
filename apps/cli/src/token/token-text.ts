import { maskToken } from '@latchkey/core';

/** How a token is called, also where it has no name. */
export function nameOf({ name }: { readonly name: string | null }): string {
  return name ?? 'Unnamed token';
}

/** `token 12 "Billing service"`. */
export function describeToken(token: { readonly id: number; readonly name: string | null }): string {
  return `token ${token.id} "${nameOf(token)}"`;
}

export function maskOf({ prefix, last4 }: { readonly prefix: string; readonly last4: string }): string {
  return maskToken(prefix, last4);
}
