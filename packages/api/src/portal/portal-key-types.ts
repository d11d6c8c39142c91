import { isViewable, type TokenPolicy } from '@latchkey/core';
import type { PortalSettings, TokenQuery } from '@latchkey/database';

export type KeyKind = 'secret' | 'publishable';

/** Whether keys of this type are meant to be seen by everybody. */
export function isPublishableType(policy: TokenPolicy, keyType: string | null): boolean {
  return keyType === 'publishable' || isViewable(policy, keyType);
}

/** The type of a new key of this kind: `null` while the deployment has no types (S2-149), `undefined` where the kind is not offered. */
export function typeForKind(policy: TokenPolicy, settings: PortalSettings, kind: KeyKind): string | null | undefined {
  const names = Object.keys(policy.keyTypes);
  if (names.length === 0) return kind === 'secret' ? null : undefined;
  const offered = names
    .filter((name) => settings.keyTypes?.includes(name) ?? true)
    .filter((name) => isPublishableType(policy, name) === (kind === 'publishable'));
  return offered.includes(kind) ? kind : offered[0];
}

/**
 * Which keys of this kind a session sees: secret ones are also those without a type (S2-053), and those of a type that is not
 * configured any more. `null`: none.
 */
export function typesOfKind(policy: TokenPolicy, settings: PortalSettings, kind: KeyKind): TokenQuery['keyTypes'] | null {
  const publishable = Object.keys(policy.keyTypes).filter((name) => isPublishableType(policy, name));
  const { keyTypes } = settings;
  if (kind === 'publishable') {
    const seen = publishable.filter((name) => keyTypes?.includes(name) ?? true);
    return seen.length === 0 ? null : { in: seen };
  }
  if (keyTypes === null) return { except: publishable };
  const seen = keyTypes.filter((name) => !isPublishableType(policy, name));
  return seen.length === 0 ? null : { in: [...seen, null] };
}

/** Whether a session sees keys of this type. */
export function seesType(policy: TokenPolicy, settings: PortalSettings, keyType: string | null): boolean {
  const kind = isPublishableType(policy, keyType) ? 'publishable' : 'secret';
  const types = typesOfKind(policy, settings, kind);
  if (!types) return false;
  return 'in' in types ? types.in.includes(keyType) : true;
}
