import type { Token } from '@latchkey/api/schemas';
import {
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconClockExclamation,
  IconClockX,
  IconGauge,
  IconHourglassEmpty,
  IconPlayerPause,
  IconZzz,
  type TablerIcon,
} from '@tabler/icons-react';
import { formatExact, formatRelative } from '../../lib/format.ts';

export type Health = Token['health'];

interface HealthFace {
  readonly label: string;
  /** Mantine colour. Healthy is quiet: the eye should land on what wants attention. */
  readonly color: string;
  readonly icon: TablerIcon;
  readonly meaning: string;
  /** What to do about it; empty where there is nothing to do. */
  readonly advice: string;
}

export const HEALTH: Readonly<Record<Health, HealthFace>> = {
  revoked: {
    label: 'Revoked',
    color: 'gray',
    icon: IconBan,
    meaning: 'Revoked for good: every request is refused.',
    advice: 'Create a new token if one is still needed.',
  },
  disabled: {
    label: 'Disabled',
    color: 'gray',
    icon: IconPlayerPause,
    meaning: 'Switched off: every request is refused.',
    advice: 'Switch it on again to let it work.',
  },
  expired: {
    label: 'Expired',
    color: 'red',
    icon: IconClockX,
    meaning: 'Past its expiry: every request is refused.',
    advice: 'Set a later expiry, or create a new token.',
  },
  rate_limited: {
    label: 'Rate-limited',
    color: 'orange',
    icon: IconGauge,
    meaning: 'At least 5 % of its requests in the last hour were over the rate limit.',
    advice: 'Raise the limit, or ask the caller to slow down.',
  },
  failing: {
    label: 'Failing',
    color: 'red',
    icon: IconAlertTriangle,
    meaning: 'At least 10 % of its requests in the last hour failed.',
    advice: 'Look at its requests to see which endpoint, and why.',
  },
  expires_soon: {
    label: 'Expires soon',
    color: 'yellow',
    icon: IconClockExclamation,
    meaning: 'Expires within 7 days.',
    advice: 'Extend it, or hand out a replacement in time.',
  },
  never_used: {
    label: 'Never used',
    color: 'blue',
    icon: IconHourglassEmpty,
    meaning: 'No request has come with it yet.',
    advice: 'Send it to the person who asked for it, or delete it.',
  },
  idle: {
    label: 'Idle',
    color: 'gray',
    icon: IconZzz,
    meaning: 'Not used for 30 days or more.',
    advice: 'Ask its owner whether it is still needed.',
  },
  healthy: { label: 'Healthy', color: 'green', icon: IconCircleCheck, meaning: 'In use, and working.', advice: '' },
};

/** What the state means in general, and what to do. */
export function describeHealth(health: Health): string {
  return `${HEALTH[health].meaning} ${HEALTH[health].advice}`.trim();
}

/** Why this very token is in its state at `now` (epoch ms), and what to do. */
export function explainHealth(token: Token, now: number): string {
  return `${reasonOf(token, now) ?? HEALTH[token.health].meaning} ${HEALTH[token.health].advice}`.trim();
}

function reasonOf(token: Token, now: number): string | null {
  switch (token.health) {
    case 'revoked':
      return token.revokedAt && `Revoked ${formatRelative(token.revokedAt, now)}: every request is refused.`;
    case 'expired':
      return token.expiresAt && `Expired ${formatRelative(token.expiresAt, now)}: every request is refused.`;
    case 'expires_soon':
      return token.expiresAt && `Expires ${formatRelative(token.expiresAt, now)}.`;
    case 'idle':
      return token.lastUsedAt && `Last used ${formatRelative(token.lastUsedAt, now)}.`;
    case 'failing':
      return `${HEALTH.failing.meaning} In 24 h: ${formatExact(token.failed24h)} of ${formatExact(token.requests24h)}.`;
    default:
      return null;
  }
}
