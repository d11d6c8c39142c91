import { useRouter } from '@tanstack/react-router';
import { useCallback, useRef } from 'react';

/**
 * For a drawer that opens with a history entry of its own. Closing it goes back to the entry before, so that the next press on "Back"
 * neither opens it again nor does nothing; one that a link opened has no entry before, and the address is changed instead.
 */
export function useOwnEntry(changeAddress: () => void) {
  const { history } = useRouter();
  const pushed = useRef(false);
  const markOpened = useCallback(() => {
    pushed.current = true;
  }, []);
  const close = () => {
    if (pushed.current) history.back();
    else changeAddress();
    pushed.current = false;
  };
  return { markOpened, close };
}
