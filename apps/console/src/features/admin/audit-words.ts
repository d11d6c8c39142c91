import type { Outputs } from '../../lib/trpc.ts';

export type AuditEntry = Outputs['admin']['audit']['entries'][number];
export type AuditAction = AuditEntry['action'];

/** What was done, as a sentence without its subject. */
export const ACTION_WORDS: Readonly<Record<AuditAction, { label: string; color: string }>> = {
  'token.create': { label: 'Created token', color: 'green' },
  'token.update': { label: 'Changed token', color: 'blue' },
  'token.enable': { label: 'Switched token on', color: 'blue' },
  'token.disable': { label: 'Switched token off', color: 'yellow' },
  'token.set_trial': { label: 'Put rules on trial for token', color: 'blue' },
  'token.enforce_trial': { label: 'Enforced the trial of token', color: 'blue' },
  'token.clear_trial': { label: 'Dropped the trial of token', color: 'blue' },
  'token.revoke': { label: 'Revoked token', color: 'red' },
  'token.rotate': { label: 'Rotated token', color: 'blue' },
  'token.revoke_secret': { label: 'Revoked secret', color: 'red' },
  'token.end_overlap': { label: 'Ended old secret', color: 'gray' },
  'token.import': { label: 'Imported token', color: 'blue' },
  'token.delete': { label: 'Deleted token', color: 'red' },
  'owner.end': { label: 'Ended tokens of owner', color: 'red' },
  'token.leak': { label: 'Token was leaked', color: 'red' },
  'member.add': { label: 'Added member', color: 'green' },
  'member.set_role': { label: 'Changed role', color: 'blue' },
  'member.remove': { label: 'Removed member', color: 'red' },
  'setup.complete': { label: 'Set Latchkey up', color: 'green' },
  'portal_session.create': { label: 'Created portal session', color: 'green' },
  'portal_session.open': { label: 'Opened portal session', color: 'blue' },
  'portal_session.revoke': { label: 'Ended portal session', color: 'red' },
  'webhook.create': { label: 'Added webhook', color: 'green' },
  'webhook.update': { label: 'Changed webhook', color: 'blue' },
  'webhook.enable': { label: 'Switched webhook on', color: 'blue' },
  'webhook.disable': { label: 'Switched webhook off', color: 'yellow' },
  'webhook.rotate_secret': { label: 'Rotated webhook secret', color: 'blue' },
  'webhook.delete': { label: 'Deleted webhook', color: 'red' },
  'webhook.test': { label: 'Sent webhook test', color: 'gray' },
  'webhook.replay': { label: 'Sent webhook again', color: 'gray' },
};

export const ACTIONS = Object.keys(ACTION_WORDS) as AuditAction[];
