import { Text, UnstyledButton } from '@mantine/core';
import { IconArrowDownRight, IconArrowUpRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './stat-tile.module.css';

interface StatTileProps {
  label: string;
  value: string;
  /** The exact figure behind a shortened one. */
  exact?: string;
  /** Below the value: change against the period before, or what the figure counts. */
  note: ReactNode;
  sparkline?: ReactNode;
  /** The main chart shows this figure. */
  selected: boolean;
  onSelect: () => void;
}

/** One figure of the overview; choosing it changes the main chart. */
export function StatTile({ label, value, exact, note, sparkline, selected, onSelect }: StatTileProps) {
  return (
    <UnstyledButton className={classes.tile} aria-pressed={selected} onClick={onSelect} title={exact}>
      <Text size="sm" c="dimmed" fw={500} span>
        {label}
      </Text>
      <span className={classes.value}>{value}</span>
      <Text size="xs" c="dimmed" span truncate>
        {note}
      </Text>
      <span className={classes.spark}>{sparkline}</span>
    </UnstyledButton>
  );
}

interface DeltaProps {
  /** Already formatted, without a sign: "12 %", "3 ms". */
  text: string;
  direction: 'up' | 'down' | 'same';
  /** Whether more is better; without it the change is neither. */
  good?: 'up' | 'down';
}

/** A change against the period before: arrow, words and colour. */
export function Delta({ text, direction, good }: DeltaProps) {
  if (direction === 'same') return <>Same as before</>;
  const Arrow = direction === 'up' ? IconArrowUpRight : IconArrowDownRight;
  const color = good === undefined ? undefined : direction === good ? 'var(--lk-good)' : 'var(--lk-bad)';
  return (
    <>
      <span style={{ color, fontWeight: 550, whiteSpace: 'nowrap' }}>
        <Arrow size={13} aria-hidden style={{ verticalAlign: '-2px' }} />
        {direction === 'up' ? '+' : '−'}
        {text}
      </span>{' '}
      vs before
    </>
  );
}
