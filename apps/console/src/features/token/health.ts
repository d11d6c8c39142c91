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

export type Health = Token['health'];

interface HealthFace {
  readonly label: string;
  /** Mantine colour. Healthy is quiet: the eye should land on what wants attention. */
  readonly color: string;
  readonly icon: TablerIcon;
  /** What the state means and what to do about it. */
  readonly advice: string;
}

export const HEALTH: Readonly<Record<Health, HealthFace>> = {
  revoked: {
    label: 'Revoked',
    color: 'gray',
    icon: IconBan,
    advice: 'Revoked for good: every request is refused. Issue a new token if one is still needed.',
  },
  disabled: {
    label: 'Disabled',
    color: 'gray',
    icon: IconPlayerPause,
    advice: 'Switched off: requests are refused until it is switched on again.',
  },
  expired: {
    label: 'Expired',
    color: 'red',
    icon: IconClockX,
    advice: 'Past its expiry: requests are refused. Set a later expiry or issue a new token.',
  },
  rate_limited: {
    label: 'Rate-limited',
    color: 'orange',
    icon: IconGauge,
    advice: 'At least 5 % of the last hour was refused for its rate limit. Raise the limit, or ask the caller to slow down.',
  },
  failing: {
    label: 'Failing',
    color: 'red',
    icon: IconAlertTriangle,
    advice: 'At least 10 % of the last hour failed. Look at its requests to see which endpoint, and why.',
  },
  expires_soon: {
    label: 'Expires soon',
    color: 'yellow',
    icon: IconClockExclamation,
    advice: 'Expires within 7 days. Extend it, or hand out a replacement in time.',
  },
  never_used: {
    label: 'Never used',
    color: 'blue',
    icon: IconHourglassEmpty,
    advice: 'No request has come with it yet. Send it to the person who asked for it, or delete it.',
  },
  idle: {
    label: 'Idle',
    color: 'gray',
    icon: IconZzz,
    advice: 'Not used for 30 days or more. Ask its owner whether it is still needed.',
  },
  healthy: { label: 'Healthy', color: 'green', icon: IconCircleCheck, advice: 'In use, and working.' },
};
