import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { plainSearch } from '../../lib/plain-search.ts';
import { readTokensSearch, type TokensSearch } from './tokens-search.ts';

/** The view of the list, and how to change it. Typing replaces the history entry, choices add one; any change starts at page one. */
export function useTokensView() {
  const search = readTokensSearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  const change = useCallback(
    (part: Partial<TokensSearch>, { replace = false } = {}) => {
      void navigate({ to: '/api-tokens', search: (current: object) => plainSearch({ ...current, page: undefined, ...part }), replace });
    },
    [navigate],
  );
  return { search, change };
}
