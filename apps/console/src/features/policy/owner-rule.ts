import type { Policy } from '@latchkey/api/schemas';

export type OwnerRule = Policy['owners'][number];

/** The rules for owners of a type: its own, else those of every other type; `null` where there are none. */
export function ownerRuleOf(policy: Policy, ownerType: string | null): OwnerRule | null {
  if (ownerType === null || ownerType === '') return null;
  return policy.owners.find(({ type }) => type === ownerType) ?? policy.owners.find(({ type }) => type === '*') ?? null;
}

/** The types that have rules of their own: what a field offers. */
export function namedOwnerTypes(policy: Policy): string[] {
  return policy.owners.map(({ type }) => type).filter((type) => type !== '*');
}
