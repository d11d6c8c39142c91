import { Group } from '@mantine/core';
import { useNow } from '../../lib/clock.ts';
import { formatRelative } from '../../lib/format.ts';
import classes from './live-note.module.css';

interface LiveNoteProps {
  /** The range ends now. */
  live: boolean;
  /** Epoch ms of the last answer; 0 before the first. */
  updatedAt: number;
  failed: boolean;
}

/** Whether the figures still move, and how old they are. */
export function LiveNote({ live, updatedAt, failed }: LiveNoteProps) {
  const now = useNow();
  const age = `updated ${formatRelative(new Date(updatedAt).toISOString(), Math.max(now, updatedAt))}`;
  return (
    <Group gap={8}>
      <span className={classes.dot} data-live={(live && !failed) || undefined} aria-hidden />
      <span>
        {failed ? 'Not current' : live ? 'Live' : 'A span of the past'}
        {updatedAt > 0 ? ` · ${age}` : !failed && ' · loading'}
      </span>
    </Group>
  );
}
