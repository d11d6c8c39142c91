import type { AddressValues } from './address-form.ts';
import type { OwnerValues } from './owner-form.ts';
import type { PermissionValues } from './permission-form.ts';
import type { StartValues } from './start-form.ts';

/** `files: read, write · mail: send`; `None`. */
export function describePermissions({ permissions }: PermissionValues): string {
  const filled = permissions.filter(({ resource }) => resource.trim() !== '');
  if (filled.length === 0) return 'None';
  return filled.map(({ resource, actions }) => `${resource.trim()}: ${actions.join(', ')}`).join(' · ');
}

/** `user 42`; `Nobody in particular`. */
export function describeOwner({ ownerType, ownerId }: OwnerValues): string {
  return ownerType.trim() === '' && ownerId.trim() === '' ? 'Nobody in particular' : `${ownerType.trim()} ${ownerId.trim()}`;
}

/** `read, write`; `None`. */
export function describeScopes(scopes: readonly string[]): string {
  return scopes.length === 0 ? 'None' : scopes.join(', ');
}

/** `At once`, `22 Nov 2026, 10:00`. */
export function describeStart({ notBefore }: StartValues): string {
  if (notBefore === '') return 'At once';
  const format: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' };
  const at = new Date(notBefore);
  return Number.isNaN(at.getTime()) ? 'To be chosen' : new Intl.DateTimeFormat('en-GB', format).format(at);
}

/** `2 members`; `None`. */
export function describeMetadata(text: string): string {
  if (text.trim() === '') return 'None';
  try {
    const count = Object.keys(JSON.parse(text)).length;
    return `${count} ${count === 1 ? 'member' : 'members'}`;
  } catch {
    return 'To be put right';
  }
}

/** `10.0.0.0/8, 192.0.2.7`; `Anywhere`. */
export function describeAddresses({ addresses }: AddressValues): string {
  return addresses.length === 0 ? 'Anywhere' : addresses.join(', ');
}
