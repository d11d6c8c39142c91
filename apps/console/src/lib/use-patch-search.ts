import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';

/**
 * Changes members of the current page's URL state and keeps the others; `undefined` leaves one out.
 * Discrete choices push a history entry; typing gives `replace`.
 */
export function usePatchSearch<Search extends object>(): (change: Partial<Search>, options?: { replace?: boolean }) => void {
  const navigate = useNavigate();
  return useCallback(
    (change, { replace = false } = {}) => {
      const search = (current: object) => ({ ...current, ...change });
      // The router types a relative navigation as "any page"; the page's own schema checks what arrives.
      void navigate({ to: '.', replace, search: search as never, resetScroll: false });
    },
    [navigate],
  );
}
