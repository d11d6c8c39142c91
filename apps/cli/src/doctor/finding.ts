/** One line of the doctor. */
export interface Finding {
  readonly check: string;
  readonly verdict: 'ok' | 'warn' | 'fail';
  readonly message: string;
  /** What to do; `null` where there is nothing to do. */
  readonly advice: string | null;
}

export function ok(check: string, message: string): Finding {
  return { check, verdict: 'ok', message, advice: null };
}

export function warn(check: string, message: string, advice: string): Finding {
  return { check, verdict: 'warn', message, advice };
}

export function fail(check: string, message: string, advice: string): Finding {
  return { check, verdict: 'fail', message, advice };
}
