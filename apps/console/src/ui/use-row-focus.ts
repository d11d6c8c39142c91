import { useEffect, useRef } from 'react';

/**
 * Moves the focus to the first field of a row once the rows have changed: a row that goes takes the focus with it, a new one wants to
 * be filled. A row carries `data-row-fields`; where the last one went, the button that adds takes it.
 */
export function useRowFocus(rows: readonly unknown[]) {
  const group = useRef<HTMLDivElement>(null);
  const wanted = useRef<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are what it waits for
  useEffect(() => {
    if (wanted.current === null) return;
    const row = group.current?.querySelectorAll<HTMLElement>('[data-row-fields]')[wanted.current];
    const target = row?.querySelector<HTMLElement>('input') ?? group.current?.querySelector<HTMLElement>('[data-row-add]');
    target?.focus();
    wanted.current = null;
  }, [rows]);
  const focusRow = (index: number) => {
    wanted.current = index;
  };
  return { group, focusRow };
}
