import type { ReactNode } from 'react';
import { FEWEST_FOR_PERCENT, formatCount, formatMs, formatPercent } from '../../lib/format.ts';
import { Delta } from './stat-tile.tsx';

const points = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

function directionOf(change: number): 'up' | 'down' | 'same' {
  if (change === 0) return 'same';
  return change > 0 ? 'up' : 'down';
}

/** A count against the count before: in percent where there was enough to compare with, otherwise the difference. */
export function describeCountChange(current: number, previous: number, good?: 'up' | 'down'): ReactNode {
  if (current === 0 && previous === 0) return 'Nothing to compare';
  const change = current - previous;
  const text = previous >= FEWEST_FOR_PERCENT ? formatPercent(Math.abs(change), previous) : formatCount(Math.abs(change));
  return <Delta text={text} direction={directionOf(change)} good={good} />;
}

interface Rate {
  part: number;
  total: number;
}

/** A rate against the rate before, in percentage points; none where either rests on few calls. */
export function describeRateChange(current: Rate, previous: Rate, good: 'up' | 'down'): ReactNode {
  if (current.total < FEWEST_FOR_PERCENT || previous.total < FEWEST_FOR_PERCENT) return 'Too few calls to compare';
  const change = Math.round((current.part / current.total - previous.part / previous.total) * 1000) / 10;
  return <Delta text={`${points.format(Math.abs(change))} pp`} direction={directionOf(change)} good={good} />;
}

/** A duration against the one before. */
export function describeMsChange(current: number | null, previous: number | null): ReactNode {
  if (current === null || previous === null) return 'Nothing to compare';
  const change = Math.round(current - previous);
  return <Delta text={formatMs(Math.abs(change))} direction={directionOf(change)} good="down" />;
}
