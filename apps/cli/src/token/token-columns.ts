import type { TokenListItem } from '@latchkey/api/schemas';
import { formatDuration, formatInstant, formatNumber, statusTone } from '../terminal/format.ts';
import type { Column } from '../terminal/render-table.ts';
import { maskOf, nameOf } from './token-text.ts';

/** `tokens list`. The order is part of what scripts rely on: new columns go to the end. */
export const TOKEN_COLUMNS: readonly Column<TokenListItem>[] = [
  { header: 'ID', value: (token) => token.id, align: 'right' },
  { header: 'NAME', value: nameOf, flexible: true },
  { header: 'STATUS', value: (token) => token.status, tone: (token) => statusTone(token.status) },
  { header: 'TOKEN', value: maskOf },
  {
    header: 'LIMIT',
    value: (token) => (token.rateLimitEnabled ? token.rateLimit : null),
    display: (token) => `${formatNumber(token.rateLimit ?? 0)}/${formatDuration(token.rateLimitWindowMs)}`,
    align: 'right',
    spare: true,
  },
  {
    header: '24 H',
    value: (token) => token.requests24h,
    display: (token) => formatNumber(token.requests24h),
    align: 'right',
  },
  { header: 'LAST USED', value: (token) => token.lastUsedAt, display: (token) => formatInstant(token.lastUsedAt ?? ''), spare: true },
  { header: 'EXPIRES', value: (token) => token.expiresAt, display: (token) => formatInstant(token.expiresAt ?? ''), spare: true },
];
