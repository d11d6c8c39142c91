import { formatRate } from '../limit/limit-window.ts';

export interface TokenSummary {
  /** `null` or `[]`: every endpoint. */
  patterns: readonly string[] | null;
  rateLimit: number | null;
  windowMs: number;
  /** Epoch milliseconds; `null`: never; `undefined`: not chosen yet. */
  expiresAt: number | null | undefined;
  /** `user 42`. */
  owner?: string | undefined;
  scopes?: readonly string[];
  /** Resources with their actions: `files: read`. */
  permissions?: readonly string[];
  /** Further limits: `10/s`. */
  limits?: readonly string[];
  /** `1,000 requests, 1,000 again every day`. */
  quota?: string | undefined;
  addresses?: readonly string[];
  /** Epoch milliseconds; `null`: at once. */
  notBefore?: number | null;
}

/** What a token may do, in one line: `Can call /products* with read, write · 600/min · until 20 Feb 2027`. */
export function summarySentence(summary: TokenSummary): string {
  const { owner, quota, notBefore = null } = summary;
  const rates = [formatRate(summary.rateLimit, summary.windowMs), ...(summary.limits ?? [])];
  const parts = [
    `${describeReach(summary.patterns)}${describeRights(summary)}`,
    owner && `for ${owner}`,
    summary.addresses?.length && `only from ${shorten(summary.addresses)}`,
    joinWords(rates),
    quota,
    notBefore !== null && `from ${formatDay(notBefore)}`,
    describeEnd(summary.expiresAt),
  ];
  return parts.filter(Boolean).join(' · ');
}

function describeReach(patterns: readonly string[] | null): string {
  const named = (patterns ?? [])
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== '')
    .map(spaceMethods);
  return named.length === 0 ? 'Can call every endpoint' : `Can call ${shorten(named)}`;
}

function describeRights({ scopes = [], permissions = [] }: TokenSummary): string {
  const rights = [...scopes, ...permissions];
  return rights.length === 0 ? '' : ` with ${shorten(rights)}`;
}

/** Three of them, and how many more. */
function shorten(words: readonly string[]): string {
  const rest = words.length - 3;
  return rest > 0 ? `${words.slice(0, 3).join(', ')} and ${rest} more` : joinWords(words);
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
  return `until ${formatDay(expiresAt)}`;
}

function formatDay(at: number): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' }).format(at);
}
