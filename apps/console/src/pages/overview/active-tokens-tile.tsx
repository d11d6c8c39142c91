import { Text } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import classes from '../../features/usage/stat-tile.module.css';
import { formatCount } from '../../lib/format.ts';

/** Tokens that work now; leads to them. */
export function ActiveTokensTile({ count }: { count: number }) {
  return (
    <Link to="/api-tokens" search={{ status: 'active' }} className={`${classes.tile} ${classes.wide}`}>
      <Text size="sm" c="dimmed" fw={500} span>
        Active tokens
      </Text>
      <span className={classes.value}>{formatCount(count)}</span>
      <Text size="xs" c="dimmed" span truncate>
        Enabled and not expired
      </Text>
      <span className={classes.link}>
        Show them <IconArrowRight size={14} aria-hidden />
      </span>
    </Link>
  );
}
