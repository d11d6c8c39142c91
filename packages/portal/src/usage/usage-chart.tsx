import { exactTime } from '../key/format-time.ts';
import { summariseUsage, type UsageChartPoint } from './summarise-usage.ts';

export interface UsageChartProps {
  /** One for each hour, oldest first, hours without requests included. */
  readonly points: readonly UsageChartPoint[];
  /** What is drawn, in words. Default: "Requests by hour". */
  readonly title?: string;
}

const HEIGHT = 120;

/** Requests by hour, those that failed on top. The same figures stand in a table below, and a sentence says the sum of it. */
export function UsageChart({ points, title = 'Requests by hour' }: UsageChartProps) {
  const most = Math.max(1, ...points.map(({ requests }) => requests));
  const [first, last] = [points[0], points.at(-1)];
  return (
    <figure className="api-keys-chart">
      <figcaption>
        <span className="api-keys-chart-title">{title}</span>
        <span className="api-keys-legend">
          <span data-series="ok">Successful</span>
          <span data-series="failed">Failed</span>
        </span>
      </figcaption>
      <div className="api-keys-plot">
        <span aria-hidden="true" className="api-keys-most">
          {most.toLocaleString('en')}
        </span>
        <svg
          aria-label={`${title}: ${summariseUsage(points)}`}
          preserveAspectRatio="none"
          role="img"
          viewBox={`0 0 ${Math.max(1, points.length)} ${HEIGHT}`}
        >
          {points.map((point, index) => (
            <Bar key={point.at} most={most} point={point} x={index} />
          ))}
        </svg>
        <span aria-hidden="true" className="api-keys-axis">
          <span>{first && exactTime(first.at)}</span>
          <span>{last && exactTime(last.at)}</span>
        </span>
      </div>
      <details>
        <summary>Show as a table</summary>
        <UsageTable points={points} title={title} />
      </details>
    </figure>
  );
}

function Bar({ point, most, x }: { readonly point: UsageChartPoint; readonly most: number; readonly x: number }) {
  const ok = (point.ok / most) * HEIGHT;
  const failed = (point.failed / most) * HEIGHT;
  const wide = { x: x + 0.1, width: 0.8 };
  return (
    <g>
      <title>{`${exactTime(point.at)}: ${point.ok} successful, ${point.failed} failed`}</title>
      {/* As high as the chart, so that the words appear above small bars, too. */}
      <rect fill="transparent" height={HEIGHT} width={1} x={x} y={0} />
      {point.ok > 0 && <rect {...wide} data-series="ok" height={ok} y={HEIGHT - ok} />}
      {point.failed > 0 && <rect {...wide} data-series="failed" height={failed} y={HEIGHT - ok - failed} />}
    </g>
  );
}

function UsageTable({ points, title }: Required<UsageChartProps>) {
  const used = points.filter(({ requests }) => requests > 0);
  if (used.length === 0) return <p className="api-keys-empty">There were no requests.</p>;
  return (
    <div className="api-keys-scroll">
      <table className="api-keys-figures">
        <caption className="api-keys-hidden">{title}, hours with requests</caption>
        <thead>
          <tr>
            <th scope="col">Hour</th>
            <th scope="col">Successful</th>
            <th scope="col">Failed</th>
          </tr>
        </thead>
        <tbody>
          {used.map(({ at, ok, failed }) => (
            <tr key={at}>
              <th scope="row">{exactTime(at)}</th>
              <td>{ok.toLocaleString('en')}</td>
              <td>{failed.toLocaleString('en')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
