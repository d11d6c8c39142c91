import type { Actor } from '../admin/actor.ts';

/** Whoever tokens belong to: a type that the deployment chose, and an id of theirs (S0-39, S2-008). There is no table of owners. */
export interface Owner {
  readonly type: string;
  readonly id: string;
}

/** What the tokens of one owner add up to. Instants are ISO-8601 UTC with milliseconds. */
export interface OwnerView {
  ownerType: string;
  ownerId: string;
  tokens: number;
  active: number;
  disabled: number;
  expired: number;
  revoked: number;
  requests24h: number;
  failed24h: number;
  totalRequests: number;
  lastUsedAt: string | null;
}

export type OwnerSort = 'owner' | 'tokens' | 'active' | 'requests_24h' | 'total_requests' | 'last_used_at';

export interface OwnerQuery {
  limit: number;
  offset: number;
  sort: OwnerSort;
  order: 'asc' | 'desc';
  /** Part of a type or an id. */
  q?: string | undefined;
  type?: string | undefined;
}

/** Owners as their tokens show them, and the end of one. */
export interface OwnerStore {
  list(query: OwnerQuery): Promise<{ owners: OwnerView[]; total: number }>;
  /** All zero for an owner without tokens. */
  get(owner: Owner): Promise<OwnerView>;
  /** Active tokens by key type and environment, for whoever asks how many more there may be. */
  countActive(owner: Owner): Promise<{ keyType: string | null; environment: string | null; tokens: number }[]>;
  /**
   * Ends every token of an owner, in one transaction, those that can not be revoked otherwise included (C-03): revoked with their history,
   * or deleted with their usage. Answers the ids of the tokens that changed.
   */
  end(owner: Owner, options: { keepHistory: boolean }, actor: Actor): Promise<{ ids: number[] }>;
}
