/** The four ways a request ends, in the order they are stacked: bad on top. The same colour everywhere. */
export const OUTCOMES = [
  { key: 'ok', label: '2xx', description: 'Answered (1xx–3xx)', color: 'var(--lk-ok)' },
  { key: 'clientErrors', label: '4xx', description: 'Caller’s error (4xx without 429)', color: 'var(--lk-client-error)' },
  { key: 'rateLimited', label: '429', description: 'Over the rate limit', color: 'var(--lk-rate-limited)' },
  { key: 'serverErrors', label: '5xx', description: 'Server’s error', color: 'var(--lk-server-error)' },
] as const;

/** Beside the others, never stacked on them: these requests passed. Hatched and grey, because nothing happened. */
export const WOULD_BE_REFUSED = {
  key: 'trialDenied',
  label: 'Would be refused',
  description: 'By the rules on trial',
  color: 'var(--mantine-color-dimmed)',
} as const;

export type OutcomeKey = (typeof OUTCOMES)[number]['key'];
export type OutcomeCounts = Record<OutcomeKey, number> & { requests: number };
