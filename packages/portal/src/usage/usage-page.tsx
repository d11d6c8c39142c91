import { type ReactNode, useState } from 'react';
import { keyName } from '../key/key-name.ts';
import { maskToken } from '../key/mask-token.ts';
import { StatusBadge } from '../key/status-badge.tsx';
import { TimeCell } from '../key/time-cell.tsx';
import { Heading } from '../portal/heading.tsx';
import { usePortal } from '../portal/portal-context.tsx';
import { LoadFailed, Loading } from '../portal/states.tsx';
import { useLoad } from '../portal/use-load.ts';
import { UsageChart } from './usage-chart.tsx';

const RANGES = [
  { hours: 24, label: '24 hours' },
  { hours: 168, label: '7 days' },
] as const;

/** How one of the owner's keys is used. */
export function UsagePage({ id }: { readonly id: number }) {
  const { client, go } = usePortal();
  const [hours, setHours] = useState<number>(24);
  const { data, error, reload } = useLoad(`usage ${id} ${hours}`, () => client.readUsage(id, hours));
  return (
    <>
      <Heading focus>{data ? `Usage of ${keyName(data.key)}` : 'Usage'}</Heading>
      <div className="api-keys-bar">
        <fieldset className="api-keys-choice">
          <legend className="api-keys-hidden">Time range</legend>
          {RANGES.map((range) => (
            <label key={range.hours}>
              <input checked={hours === range.hours} name="hours" onChange={() => setHours(range.hours)} type="radio" />
              <span>{range.label}</span>
            </label>
          ))}
        </fieldset>
        <button className="api-keys-button" onClick={reload} type="button">
          Refresh
        </button>
      </div>
      {error && <LoadFailed error={error} retry={reload} what="the usage" />}
      {!data && !error && <Loading what="the usage" />}
      {data && (
        <>
          <dl className="api-keys-facts">
            <Fact label="Key">
              <code>{maskToken(data.key)}</code>
            </Fact>
            <Fact label="Status">
              <StatusBadge status={data.key.status} />
            </Fact>
            <Fact label="Last used">
              <TimeCell empty="Never" instant={data.key.lastUsedAt} />
            </Fact>
            <Fact label="Expires">
              <TimeCell empty="Never" instant={data.key.expiresAt} />
            </Fact>
            <Fact label="Requests in all">{data.key.totalRequests.toLocaleString('en')}</Fact>
          </dl>
          <UsageChart points={data.points} />
        </>
      )}
      <button className="api-keys-button" onClick={() => go({ name: 'list' })} type="button">
        Back to your keys
      </button>
    </>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
