import type { Policy } from '@latchkey/api/schemas';
import { ownerRuleOf } from './owner-rule.ts';

export interface ScopeHolder {
  keyType: string | null;
  ownerType: string | null;
}

export interface ScopeOption {
  name: string;
  description: string;
  /** Why a token like this cannot hold it; `null`: it can. */
  barred: string | null;
}

/** The scopes that can be chosen for a token; `[]`: there is no vocabulary, and any text is a scope. */
export function scopeOptions(policy: Policy, holder: ScopeHolder): ScopeOption[] {
  const available = ownerRuleOf(policy, holder.ownerType)?.availableScopes ?? policy.scopes.map(({ name }) => name);
  const descriptions = new Map(policy.scopes.map(({ name, description }) => [name, description]));
  return available.map((name) => ({
    name,
    description: descriptions.get(name) ?? '',
    barred: isAboveCeiling(policy, holder.keyType, name) ? `Tokens of type “${holder.keyType}” cannot hold it.` : null,
  }));
}

/** What a token gets that names no scopes, as far as its type can hold them. */
export function defaultScopes(policy: Policy, holder: ScopeHolder): string[] {
  const wanted = ownerRuleOf(policy, holder.ownerType)?.defaultScopes ?? policy.defaultScopes;
  return wanted.filter((scope) => !isAboveCeiling(policy, holder.keyType, scope));
}

function isAboveCeiling(policy: Policy, keyType: string | null, scope: string): boolean {
  const ceiling = policy.keyTypes.find(({ name }) => name === keyType)?.scopeCeiling ?? null;
  return ceiling !== null && !ceiling.includes(scope);
}
