import type { Actor } from '../admin/actor.ts';

export type PortalAction = 'create' | 'edit' | 'revoke';
export type PortalSessionStatus = 'waiting' | 'open' | 'expired' | 'revoked';

/** What the host application wants of a session. Checked by the operation; kept as it is. */
export interface PortalSettings {
  /** `null`: no link back. */
  returnUrl: string | null;
  returnText: string;
  /** CSS variables by name. */
  theme: Record<string, string>;
  actions: PortalAction[];
  /** Types of keys that can be seen and made; `null`: all. */
  keyTypes: string[] | null;
  /** The one environment of this session; `null`: keys of all are seen, and made in the current one. */
  environment: string | null;
  /** The only foreign origin that may frame the page and call with the session; `null`: none. */
  embedOrigin: string | null;
}

export interface NewPortalSession extends PortalSettings {
  ownerType: string;
  ownerId: string;
  /** How the owner is called on the page. */
  ownerName: string | null;
  /** 32 bytes. */
  linkDigest: Uint8Array;
  /** Epoch milliseconds; the link and the session end then. */
  expiresAt: number;
}

/** A session as management reads it. Instants are ISO-8601 UTC with milliseconds. Never a digest. */
export interface PortalSessionView extends PortalSettings {
  id: number;
  ownerType: string;
  ownerId: string;
  ownerName: string | null;
  status: PortalSessionStatus;
  createdBy: string | null;
  createdAt: string;
  expiresAt: string;
  /** When the link was used. */
  openedAt: string | null;
  revokedAt: string | null;
}

export interface PortalSessionQuery {
  limit: number;
  offset: number;
  ownerType?: string | undefined;
  ownerId?: string | undefined;
}

/** Sessions of the self-service portal. Every change and its audit row are one transaction. */
export interface PortalSessionStore {
  create(session: NewPortalSession, actor: Actor): Promise<PortalSessionView>;
  /**
   * Takes a link for a bearer: the first call with a link that is neither used, revoked nor over wins, all others get `null` – also
   * when they come at the same moment.
   */
  open(linkDigest: Uint8Array, bearerDigest: Uint8Array, from: Pick<Actor, 'ipAddress' | 'userAgent'>): Promise<PortalSessionView | null>;
  /** The session that is open under this bearer now, or `null`. */
  findOpen(bearerDigest: Uint8Array): Promise<PortalSessionView | null>;
  /** Newest first. */
  list(query: PortalSessionQuery): Promise<{ sessions: PortalSessionView[]; total: number }>;
  /** Ends a session at once; ending it again changes nothing. `NOT_FOUND` for an unknown id. */
  revoke(id: number, actor: Actor): Promise<PortalSessionView>;
}
