import { useNavigate, useSearch } from '@tanstack/react-router';
import { type TokensSearch, tokensSearchSchema } from './tokens-search.ts';

/** The view of the list, and how to change it. Typing replaces the history entry, choices add one; any change starts at page one. */
export function useTokensView() {
  const search = tokensSearchSchema.parse(useSearch({ strict: false }));
  const navigate = useNavigate();
  const change = (part: Partial<TokensSearch>, { replace = false } = {}) => {
    const next = { page: undefined, ...part };
    void navigate({ to: '/api-tokens', search: (current: object) => ({ ...current, ...next }), replace });
  };
  return { search, change };
}
