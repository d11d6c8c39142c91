import type { Actor } from './actor.ts';

/** What a change was made to. */
export type AuditTarget = 'token' | 'member' | 'owner' | 'webhook' | 'portal_session';

export type AuditAction =
  | 'token.create'
  | 'token.update'
  | 'token.enable'
  | 'token.disable'
  | 'token.set_trial'
  | 'token.enforce_trial'
  | 'token.clear_trial'
  | 'token.revoke'
  | 'token.rotate'
  | 'token.revoke_secret'
  | 'token.end_overlap'
  | 'token.import'
  | 'token.delete'
  | 'owner.end'
  | 'token.leak'
  | 'member.add'
  | 'member.set_role'
  | 'member.remove'
  | 'setup.complete'
  | 'portal_session.create'
  | 'portal_session.open'
  | 'portal_session.revoke'
  | 'webhook.create'
  | 'webhook.update'
  | 'webhook.enable'
  | 'webhook.disable'
  | 'webhook.rotate_secret'
  | 'webhook.delete'
  | 'webhook.test'
  | 'webhook.replay';

/** A change to be written down. `before` and `after` hold only what changed, and no secret or digest. */
export interface AuditChange {
  action: AuditAction;
  targetType: AuditTarget;
  targetId: string;
  targetName: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

export interface AuditEntry extends AuditChange {
  id: number;
  at: string;
  actorId: string | null;
  actorName: string;
  ipAddress: string | null;
  userAgent: string | null;
}

export interface AuditQuery {
  limit: number;
  offset: number;
  action?: AuditAction | undefined;
  targetType?: AuditTarget | undefined;
  targetId?: string | undefined;
}

export interface AuditLog {
  /** For changes outside the token store (members, set-up). */
  append(change: AuditChange, actor: Actor): Promise<void>;
  list(query: AuditQuery): Promise<{ entries: AuditEntry[]; total: number }>;
}
