import type { LimitStatus } from '@latchkey/api/schemas';
import { Group, Text } from '@mantine/core';
import { useInterval } from '@mantine/hooks';
import { IconAlertTriangle, IconBan } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { formatExact, formatSpan } from '../../lib/format.ts';
import classes from './limit-meter.module.css';
import { formatRate, formatWindow } from './limit-window.ts';

type Level = 'calm' | 'near' | 'full';
export type WindowStatus = LimitStatus['windows'][number];

interface WindowMeterProps {
  window: WindowStatus;
  /** What a screen reader calls it. */
  label: string;
}

/** How much of a window is used: `412 / 600 · resets in 23 s`. Colour, icon and words say the same. */
export function WindowMeter({ window, label }: WindowMeterProps) {
  const now = useSecond(window.resetAt !== null);
  const { limit, windowMs } = window;
  // The window may have ended since the last answer: nothing of it is used any more.
  const current = isOver(window, now) ? 0 : window.current;
  const level = levelOf(current, limit);
  return (
    <Meter
      label={label}
      level={level}
      text={`${formatExact(current)} / ${formatExact(limit)}`}
      until={describeReset(window, now)}
      value={Math.min(current, limit)}
      max={limit}
    >
      {level === 'full' ? 'Requests are refused until the window ends. ' : ''}
      {formatRate(limit, windowMs)} · {window.algorithm === 'fixed' ? 'fixed window' : `sliding over the last ${formatWindow(windowMs)}`}
    </Meter>
  );
}

/** How much of a quota is left: `812 left of 1,000 · refilled in 4 h`. */
export function QuotaMeter({ quota }: { quota: NonNullable<LimitStatus['quota']> }) {
  const now = useSecond(quota.refillAt !== null);
  const { remaining, refillAmount, refillInterval } = quota;
  const max = Math.max(remaining, refillAmount ?? remaining, 1);
  const level = levelOf(max - remaining, max);
  const rule =
    refillAmount === null || refillInterval === null
      ? 'Not refilled'
      : `${formatExact(refillAmount)} again every ${formatWindow(refillInterval)}`;
  return (
    <Meter
      label="Quota left"
      level={remaining === 0 ? 'full' : level === 'full' ? 'near' : level}
      text={refillAmount === null ? `${formatExact(remaining)} left` : `${formatExact(remaining)} left of ${formatExact(refillAmount)}`}
      until={describeRefill(quota.refillAt, now)}
      value={remaining}
      max={max}
    >
      {remaining === 0 ? 'Requests are refused. ' : ''}
      {rule}
    </Meter>
  );
}

interface MeterProps {
  label: string;
  level: Level;
  text: string;
  until: string;
  value: number;
  max: number;
  children: React.ReactNode;
}

function Meter({ label, level, text, until, value, max, children }: MeterProps) {
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
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuenow={value}
        aria-valuetext={`${[text, until].filter(Boolean).join(', ')}${level === 'full' ? ', requests are refused' : ''}`}
      >
        <div className={classes.bar} style={{ inlineSize: `${Math.min(100, (value / max) * 100)}%` }} />
      </div>
      <Text size="xs" c="dimmed">
        {children}
      </Text>
    </div>
  );
}

export function levelOf(current: number, limit: number): Level {
  if (current >= limit) return 'full';
  return current >= limit * 0.8 ? 'near' : 'calm';
}

function isOver(window: WindowStatus, now: number): boolean {
  return window.resetAt !== null && Date.parse(window.resetAt) <= now;
}

function describeReset(window: WindowStatus, now: number): string {
  if (window.resetAt === null || isOver(window, now)) return 'no window open';
  return `resets in ${describeWait(window.resetAt, now)}`;
}

function describeRefill(refillAt: string | null, now: number): string {
  if (refillAt === null) return '';
  return Date.parse(refillAt) <= now ? 'refilled with the next request' : `refilled in ${describeWait(refillAt, now)}`;
}

function describeWait(at: string, now: number): string {
  return formatSpan(Math.max(1_000, Math.ceil((Date.parse(at) - now) / 1_000) * 1_000));
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
