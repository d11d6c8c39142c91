import { Fragment, type InputHTMLAttributes, type ReactNode, useState } from 'react';
import { type CheckedScopesOptions, checkedScopes, SCOPES_FIELD_NAME } from './checked-scopes.ts';

export interface ScopeCheckbox {
  readonly scope: string;
  readonly checked: boolean;
  /** For an `<input>`. */
  readonly input: InputHTMLAttributes<HTMLInputElement>;
}

export interface ScopeCheckboxesProps extends CheckedScopesOptions {
  /** The scopes on offer, in their order. */
  readonly scopes: readonly string[];
  /** Draws one of them (S2-097). */
  readonly children: (checkbox: ScopeCheckbox) => ReactNode;
}

/** A checkbox for each scope, drawn by the host; ticked are all for a new key, an existing key's own, or what `checked` says (S2-097…100). */
export function ScopeCheckboxes({ scopes, held, checked, children }: ScopeCheckboxesProps) {
  // Which are ticked at first is decided once: drawn again, they stay as people have ticked them.
  const [choices] = useState(() => checkedScopes(scopes, { held, checked }));
  return choices.map(({ scope, checked: ticked }) => {
    const input = { type: 'checkbox', name: SCOPES_FIELD_NAME, value: scope, defaultChecked: ticked };
    return <Fragment key={scope}>{children({ scope, checked: ticked, input })}</Fragment>;
  });
}
