import type { LimitStatus } from '@latchkey/api/schemas';
import { Group, Text } from '@mantine/core';
import { useInterval } from '@mantine/hooks';
import { IconAlertTriangle, IconBan } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { formatExact, formatSpan } from '../../lib/format.ts';
import classes from './limit-meter.module.css';
import { formatRate, formatWindow } from './limit-window.ts';

type Level = 'calm' | 'near' | 'full';

/** How much of the window is used: `412 / 600 · resets in 23 s`. Colour, icon and words say the same. */
export function LimitMeter({ status }: { status: LimitStatus }) {
  const now = useSecond(status.resetAt !== null);
  const { limit } = status;
  if (!status.enabled || limit === null) return <Text size="sm">No rate limit</Text>;
  // The window may have ended since the last answer: nothing of it is used any more.
  const current = isOver(status, now) ? 0 : status.current;
  const level = levelOf(current, limit);
  const text = `${formatExact(current)} / ${formatExact(limit)}`;
  const until = describeReset(status, now);
  return (
    <div className={classes.meter} data-level={level}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Group gap={6} wrap="nowrap">
          {level === 'near' && <IconAlertTriangle size={16} className={classes.icon} aria-hidden />}
          {level === 'full' && <IconBan size={16} className={classes.icon} aria-hidden />}
          <Text size="sm" fw={600} className="lk-tabular">
            {text}
          </Text>
        </Group>
        <Text size="xs" c="dimmed" className="lk-tabular">
          {until}
        </Text>
      </Group>
      {/* biome-ignore lint/a11y/useSemanticElements: browsers paint a meter element in colours of their own, too faint in both schemes */}
      <div
        className={classes.track}
        role="meter"
        aria-label="Rate limit used"
        aria-valuemin={0}
        aria-valuemax={limit}
        aria-valuenow={Math.min(current, limit)}
        aria-valuetext={`${text}, ${until}${level === 'full' ? ', requests are refused' : ''}`}
      >
        <div className={classes.bar} style={{ inlineSize: `${Math.min(100, (current / limit) * 100)}%` }} />
      </div>
      <Text size="xs" c="dimmed">
        {level === 'full' ? 'Requests are refused until the window ends. ' : ''}
        {formatRate(limit, status.windowMs)} ·{' '}
        {status.algorithm === 'fixed' ? 'fixed window' : `sliding over the last ${formatWindow(status.windowMs)}`}
      </Text>
    </div>
  );
}

export function levelOf(current: number, limit: number): Level {
  if (current >= limit) return 'full';
  return current >= limit * 0.8 ? 'near' : 'calm';
}

function isOver(status: LimitStatus, now: number): boolean {
  return status.resetAt !== null && Date.parse(status.resetAt) <= now;
}

function describeReset(status: LimitStatus, now: number): string {
  if (status.resetAt === null || isOver(status, now)) return 'no window open';
  return `resets in ${formatSpan(Math.max(1_000, Math.ceil((Date.parse(status.resetAt) - now) / 1_000) * 1_000))}`;
}

/** The time, renewed every second while it matters. */
function useSecond(running: boolean): number {
  const [now, setNow] = useState(Date.now);
  const { start, stop } = useInterval(() => setNow(Date.now()), 1_000);
  useEffect(() => {
    if (running) start();
    return stop;
  }, [running, start, stop]);
  return now;
}
