import { formatRate } from '../limit/limit-window.ts';

export interface TokenSummary {
  /** `null` or `[]`: every endpoint. */
  patterns: readonly string[] | null;
  rateLimit: number | null;
  windowMs: number;
  /** Epoch milliseconds; `null`: never; `undefined`: not chosen yet. */
  expiresAt: number | null | undefined;
}

/** What a token may do, in one line: `Can call /products* · 600/min · until 20 Feb 2027`. */
export function summarySentence(summary: TokenSummary): string {
  return [describeReach(summary.patterns), formatRate(summary.rateLimit, summary.windowMs), describeEnd(summary.expiresAt)].join(' · ');
}

function describeReach(patterns: readonly string[] | null): string {
  const named = (patterns ?? [])
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== '')
    .map(spaceMethods);
  if (named.length === 0) return 'Can call every endpoint';
  const shown = named.slice(0, 3);
  const rest = named.length - shown.length;
  if (rest > 0) return `Can call ${shown.join(', ')} and ${rest} more`;
  return `Can call ${joinWords(shown)}`;
}

/** `GET,HEAD /x` as `GET|HEAD /x`: commas stand between patterns here. */
function spaceMethods(pattern: string): string {
  return pattern.replace(/^[A-Za-z,-]+(?=\s)/, (methods) => methods.toUpperCase().replaceAll(',', '|'));
}

function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function describeEnd(expiresAt: number | null | undefined): string {
  if (expiresAt === undefined) return 'expiry to be chosen';
  if (expiresAt === null) return 'never expires';
  return `until ${new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' }).format(expiresAt)}`;
}
