import { useCallback, useEffect, useRef, useState } from 'react';
import { PortalError } from '../client/portal-error.ts';

export interface Loaded<Data> {
  readonly data: Data | null;
  /** Set when the newest attempt failed; older data stays. */
  readonly error: PortalError | null;
  /** Loads again; resolves when that is done. */
  readonly reload: () => Promise<void>;
}

/** Loads something when the component appears and whenever `key` changes. What was overtaken by a later load is dropped. */
export function useLoad<Data>(key: string, load: () => Promise<Data>): Loaded<Data> {
  const [state, setState] = useState<{ key: string; data: Data | null; error: PortalError | null }>({ key, data: null, error: null });
  const turn = useRef(0);
  const latest = useRef(load);
  latest.current = load;

  const reload = useCallback(async () => {
    const mine = ++turn.current;
    try {
      const data = await latest.current();
      if (mine === turn.current) setState({ key, data, error: null });
    } catch (error) {
      if (mine === turn.current) setState((old) => ({ key, data: old.key === key ? old.data : null, error: toPortalError(error) }));
    }
  }, [key]);

  useEffect(() => {
    void reload();
    return () => {
      turn.current++;
    };
  }, [reload]);

  return state.key === key ? { data: state.data, error: state.error, reload } : { data: null, error: null, reload };
}

/** What is not ours to explain is said in general; the browser's console has the rest. */
export function toPortalError(error: unknown): PortalError {
  if (error instanceof PortalError) return error;
  return new PortalError({
    message: 'Something went wrong on this page. Reload it and try again.',
    status: 0,
    code: 'UNKNOWN',
    cause: error,
  });
}
