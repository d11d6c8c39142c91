import { keyTypeRuleOf, ownerRuleOf, type TokenPolicy } from './token-policy.ts';

/** Scopes of a token, or what is wrong with those that were asked for. */
export type ScopeChoice =
  | { readonly ok: true; readonly scopes: string[] }
  /** `unknown`: not in the vocabulary, or not for this kind of owner. */
  | { readonly ok: false; readonly unknown: string[]; readonly available: readonly string[] };

interface Holder {
  readonly keyType: string | null;
  readonly ownerType: string | null;
}

/**
 * The scopes of a token: those asked for, without blanks and repetitions (S2-062), or the owner's or policy's defaults where none
 * were named (`null`, S2-144). What the key type can not hold is left out, in order and without an error (S2-180).
 * A scope that is not in the configured vocabulary is refused: most likely it is a typing error.
 */
export function chooseScopes(policy: TokenPolicy, requested: readonly string[] | null, holder: Holder): ScopeChoice {
  const owner = ownerRuleOf(policy, holder.ownerType);
  const wanted = requested === null ? (owner.defaultScopes ?? policy.defaultScopes) : requested.filter((scope) => scope.trim() !== '');
  const available = listAvailableScopes(policy, holder.ownerType);
  const unknown = available.length === 0 ? [] : wanted.filter((scope) => !available.includes(scope));
  if (unknown.length > 0) return { ok: false, unknown: [...new Set(unknown)], available };
  const ceiling = keyTypeRuleOf(policy, holder.keyType)?.scopeCeiling ?? 'all';
  const held = ceiling === 'all' ? wanted : wanted.filter((scope) => ceiling.includes(scope));
  return { ok: true, scopes: [...new Set(held)] };
}

/** The scopes that an owner of this type can be offered (S2-059). `[]`: there is no vocabulary, and any text is a scope. */
export function listAvailableScopes(policy: TokenPolicy, ownerType: string | null): readonly string[] {
  return ownerRuleOf(policy, ownerType).availableScopes ?? Object.keys(policy.scopes);
}
