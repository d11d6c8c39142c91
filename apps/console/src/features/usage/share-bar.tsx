import classes from './chart.module.css';
import { OUTCOMES, type OutcomeCounts } from './outcome.ts';

/** A bar as long as the row's part of the largest, coloured by outcome. The numbers stand beside it. */
export function ShareBar({ counts, largest }: { counts: OutcomeCounts; largest: number }) {
  const length = largest === 0 ? 0 : (counts.requests / largest) * 100;
  return (
    <div className={classes.shareTrack} aria-hidden>
      <span style={{ width: `${length}%` }}>
        {OUTCOMES.map(({ key, color }) => (
          <span key={key} style={{ flexGrow: counts[key], background: color }} />
        ))}
      </span>
    </div>
  );
}
