import { useNavigate, useSearch } from '@tanstack/react-router';
import { type TokenSearch, tokenSearchSchema } from './token-search.ts';

/** The view of this token, and how to change it. Choices add a history entry; `replace` is for steps within one. */
export function useTokenView() {
  const search = tokenSearchSchema.parse(useSearch({ strict: false }));
  const navigate = useNavigate();
  const change = (part: Partial<TokenSearch>, { replace = false } = {}) => {
    void navigate({ to: '.', search: (current: object) => ({ ...current, ...part }), replace, resetScroll: false });
  };
  return { search, change };
}
