import classes from './chart.module.css';

export interface LegendSeries<Key extends string> {
  key: Key;
  label: string;
  color: string;
  description?: string;
}

interface ChartLegendProps<Key extends string> {
  series: readonly LegendSeries<Key>[];
  hidden: ReadonlySet<Key>;
  onToggle: (key: Key) => void;
}

/** The legend is the filter: each entry shows or hides its series. */
export function ChartLegend<Key extends string>({ series, hidden, onToggle }: ChartLegendProps<Key>) {
  return (
    <ul className={classes.legend} aria-label="Shown series">
      {series.map(({ key, label, color, description }) => (
        <li key={key}>
          <button
            type="button"
            className={classes.legendItem}
            aria-pressed={!hidden.has(key)}
            title={description}
            onClick={() => onToggle(key)}
          >
            <span className={`${classes.swatch} lk-swatch`} style={{ color }} aria-hidden />
            {label}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Which series are hidden; the last one shown cannot be hidden. */
export function toggleHidden<Key extends string>(hidden: ReadonlySet<Key>, key: Key, keys: readonly Key[]): ReadonlySet<Key> {
  const next = new Set(hidden);
  if (!next.delete(key)) next.add(key);
  return keys.every((each) => next.has(each)) ? hidden : next;
}
