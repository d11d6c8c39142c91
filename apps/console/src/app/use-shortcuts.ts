import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useEffectEvent, useRef } from 'react';
import { useCanChange } from '../features/admin/use-me.ts';
import { usePreferences } from '../lib/preferences.ts';
import { usePages } from './navigation.tsx';

const SEQUENCE_MS = 1000;

/** Single keys: off while typing, in dialogs, with modifiers, and where the user switched them off (WCAG 2.1.4). */
export function useShortcuts(showSheet: () => void): void {
  const [{ singleKeyShortcuts }] = usePreferences();
  const goTo = useGoTo();
  const act = useActions(showSheet);
  const goPressedAt = useRef(Number.NEGATIVE_INFINITY);

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (isMeantElsewhere(event)) return;
    const afterGo = event.timeStamp - goPressedAt.current < SEQUENCE_MS;
    goPressedAt.current = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
    if (afterGo ? goTo(event.key) : act(event.key)) event.preventDefault();
  });

  useEffect(() => {
    if (!singleKeyShortcuts) return;
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [singleKeyShortcuts]);
}

function isMeantElsewhere(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  const target = event.target;
  if (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input, textarea, select, [role="menu"], [role="listbox"]'))
  ) {
    return true;
  }
  return document.querySelector('[role="dialog"]') !== null;
}

/** `g` and a letter: to a page. */
function useGoTo(): (key: string) => boolean {
  const navigate = useNavigate();
  const pages = usePages();
  return (key) => {
    const page = pages.find((candidate) => candidate.key === key);
    if (page) void navigate({ to: page.to });
    return page !== undefined;
  };
}

function useActions(showSheet: () => void): (key: string) => boolean {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const canChange = useCanChange();
  const actions: Record<string, (() => void) | undefined> = {
    '?': showSheet,
    '/': () => document.querySelector<HTMLElement>('main input[type="search"]')?.focus(),
    t: () => document.querySelector<HTMLElement>('[data-shortcut="time-range"]')?.click(),
    r: () => void queryClient.invalidateQueries(),
    c: canChange ? () => void navigate({ to: '/api-tokens/new' }) : undefined,
  };
  return (key) => {
    const action = actions[key];
    action?.();
    return action !== undefined;
  };
}
