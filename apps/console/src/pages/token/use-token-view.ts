import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { plainSearch } from '../../lib/plain-search.ts';
import { readTokenSearch, type TokenSearch } from './token-search.ts';

/** The view of this token, and how to change it. Choices add a history entry; `replace` is for steps within one. */
export function useTokenView() {
  const search = readTokenSearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  // Stable: table cells hang on it, and cells made anew would lose the focus.
  const change = useCallback(
    (part: Partial<TokenSearch>, { replace = false, ignoreBlocker = false } = {}) => {
      void navigate({
        to: '.',
        search: (current: object) => plainSearch({ ...current, ...part }),
        replace,
        resetScroll: false,
        ignoreBlocker,
      });
    },
    [navigate],
  );
  return { search, change };
}
