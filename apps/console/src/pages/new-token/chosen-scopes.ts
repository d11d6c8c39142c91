import { defaultScopes, type ScopeHolder, scopeOptions } from '../../features/policy/scope-options.ts';
import type { NewTokenForm } from './use-new-token-form.ts';

/** Who will hold the token, as far as that bounds its scopes. */
export function holderOf({ parts }: NewTokenForm): ScopeHolder {
  return { keyType: parts.kind.getValues().keyType || null, ownerType: parts.owner.getValues().ownerType.trim() || null };
}

/** The scopes that the token will have: without those that its type cannot hold. */
export function chosenScopes(form: NewTokenForm): string[] {
  const holder = holderOf(form);
  const barred = new Set(scopeOptions(form.policy, holder).flatMap(({ name, barred }) => (barred === null ? [] : [name])));
  return (form.parts.scopes.getValues().scopes ?? defaultScopes(form.policy, holder)).filter((scope) => !barred.has(scope));
}
