import type { EventType } from '@latchkey/core';

const EVENT_OF: Readonly<Record<string, EventType>> = {
  'token.create': 'token.created',
  'token.import': 'token.created',
  'token.enable': 'token.enabled',
  'token.disable': 'token.disabled',
  'token.rotate': 'token.rotated',
  'token.revoke': 'token.revoked',
  'token.delete': 'token.deleted',
  'token.leak': 'token.leaked',
};

/** What an audited change is told as; `null` for one that is not about a token. Whatever has no event of its own is an update. */
export function eventOfAction(action: string): EventType | null {
  if (!action.startsWith('token.')) return null;
  return Object.hasOwn(EVENT_OF, action) ? (EVENT_OF[action] ?? null) : 'token.updated';
}

/** What an audited change says of itself, by the audit's names. */
export interface AuditedChanges {
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
}

/** Beside the token: what changed, or where it was found. A beginning and an end say everything by the token itself. */
export function detailsOfChange(type: EventType, { before, after }: AuditedChanges): Record<string, unknown> {
  if (type === 'token.leaked' && after) return { leak: onWire(after) };
  return before && after ? { changes: { before: onWire(before), after: onWire(after) } } : {};
}

/** `allowedEndpoints` → `allowed_endpoints`; the values are the user's and stay as they are. */
function onWire(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), value]));
}
