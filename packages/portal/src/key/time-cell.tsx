import { exactTime, relativeTime } from './format-time.ts';

/** An instant as people say it; the exact one is in the title and for machines. `null` is `empty`. */
export function TimeCell({ instant, empty }: { readonly instant: string | null; readonly empty: string }) {
  if (instant === null) return <span className="api-keys-muted">{empty}</span>;
  return (
    <time dateTime={instant} title={exactTime(instant)}>
      {relativeTime(instant, Date.now())}
    </time>
  );
}
