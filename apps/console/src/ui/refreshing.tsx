import type { ReactNode } from 'react';
import classes from './refreshing.module.css';

/** What is shown stays while its successor is on the way: dimmed, under a thin moving line. Nothing jumps. */
export function Refreshing({ active, children }: { active: boolean; children: ReactNode }) {
  return (
    <div aria-busy={active}>
      <div className={classes.progress} data-active={active || undefined} aria-hidden />
      <div className={classes.content} data-stale={active || undefined}>
        {children}
      </div>
    </div>
  );
}
