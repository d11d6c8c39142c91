/** A scope as a form offers it. */
export interface ScopeChoice {
  readonly scope: string;
  readonly checked: boolean;
}

export interface CheckedScopesOptions {
  /** The scopes of an existing key; `null`: the form is for a new one. */
  readonly held?: readonly string[] | null | undefined;
  /** Decides over `held`: all, none, or these (S2-100). */
  readonly checked?: 'all' | 'none' | readonly string[] | undefined;
}

/** The name of the fields of a form that is sent as it is (S2-097). */
export const SCOPES_FIELD_NAME = 'api_key[scopes][]';

/**
 * Which of the offered scopes are checked: all for a new key (S2-098), a key's own for an existing one (S2-099), or what `checked` says.
 * Scopes that are not offered do not appear.
 */
export function checkedScopes(available: readonly string[], { held = null, checked }: CheckedScopesOptions = {}): ScopeChoice[] {
  const chosen = checked ?? held ?? 'all';
  return available.map((scope) => ({ scope, checked: chosen === 'all' || (chosen !== 'none' && chosen.includes(scope)) }));
}
