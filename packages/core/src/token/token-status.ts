/** What a token is at an instant, for display and filters. */
export type TokenStatus = 'revoked' | 'expired' | 'disabled' | 'active';

/** What the status is derived from; instants in epoch milliseconds. */
export interface TokenState {
  readonly revokedAt: number | null;
  readonly expiresAt: number | null;
  readonly active: boolean;
}

/** The first that holds: revoked, expired (from `expiresAt` on), disabled, active (requirements §8.1). */
export function tokenStatus(state: TokenState, now: number): TokenStatus {
  if (state.revokedAt !== null) return 'revoked';
  if (state.expiresAt !== null && now >= state.expiresAt) return 'expired';
  return state.active ? 'active' : 'disabled';
}
