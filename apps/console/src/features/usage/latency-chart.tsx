import { Table, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { formatExact, formatMs } from '../../lib/format.ts';
import type { Bucket } from '../../lib/zoned-time.ts';
import classes from './chart.module.css';
import { ChartFrame } from './chart-frame.tsx';
import { ChartLegend, toggleHidden } from './chart-legend.tsx';
import { chooseDayTicks, describeBucket, labelTick } from './describe-bucket.ts';
import type { UsagePoint } from './outcome-chart.tsx';

const PERCENTILES = [
  { key: 'p50', label: 'p50', description: 'Half of the requests were faster', color: 'var(--lk-p50)', dash: undefined },
  { key: 'p95', label: 'p95', description: '95 of 100 requests were faster', color: 'var(--lk-p95)', dash: undefined },
  { key: 'p99', label: 'p99', description: '99 of 100 requests were faster', color: 'var(--lk-p99)', dash: '5 4' },
] as const;

type PercentileKey = (typeof PERCENTILES)[number]['key'];
type Percentile = (typeof PERCENTILES)[number];
const KEYS: readonly PercentileKey[] = PERCENTILES.map((percentile) => percentile.key);

interface LatencyChartProps {
  /** Every bucket of the range; without requests the percentiles are `null`, and the line has a gap. */
  points: UsagePoint[];
  bucket: Bucket;
  timeZone: string;
  height?: number;
}

/** How long answers took. */
export function LatencyChart({ points, bucket, timeZone, height = 220 }: LatencyChartProps) {
  const [hidden, setHidden] = useState<ReadonlySet<PercentileKey>>(new Set());
  const shown = useMemo(() => PERCENTILES.filter(({ key }) => !hidden.has(key)), [hidden]);
  return (
    <ChartFrame
      tableLabel="Response time"
      summary={summarize(points, bucket, timeZone)}
      legend={<ChartLegend series={PERCENTILES} hidden={hidden} onToggle={(key) => setHidden(toggleHidden(hidden, key, KEYS))} />}
      chart={<Lines points={points} shown={shown} bucket={bucket} timeZone={timeZone} height={height} />}
      renderTable={() => <LatencyTable points={points} bucket={bucket} timeZone={timeZone} />}
    />
  );
}

interface LinesProps {
  points: UsagePoint[];
  shown: readonly Percentile[];
  bucket: Bucket;
  timeZone: string;
  height: number;
}

function Lines({ points, shown, bucket, timeZone, height }: LinesProps) {
  return (
    <div className={classes.chart} style={{ height }}>
      <ResponsiveContainer width="100%" height={height} initialDimension={{ width: 600, height }}>
        <LineChart data={points} margin={{ top: 4, right: 4, bottom: 0, left: 0 }}>
          <CartesianGrid vertical={false} stroke="var(--lk-grid)" />
          <XAxis
            dataKey="at"
            tickFormatter={(at: string) => labelTick(at, bucket, timeZone)}
            ticks={chooseDayTicks(points, bucket, timeZone)}
            minTickGap={30}
            tickLine={false}
            axisLine={{ stroke: 'var(--lk-border)' }}
          />
          <YAxis width={58} tickCount={5} tickFormatter={(ms: number) => formatMs(ms)} tickLine={false} axisLine={false} />
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--mantine-color-dimmed)' }}
            content={({ active, payload }) => {
              const point: UsagePoint | undefined = payload?.[0]?.payload;
              return active && point ? (
                <LatencyTooltip point={point} shown={shown} title={describeBucket(point.at, bucket, timeZone)} />
              ) : null;
            }}
          />
          {shown.map(({ key, label, color, dash }) => (
            <Line
              key={key}
              dataKey={key}
              name={label}
              stroke={color}
              strokeWidth={2}
              strokeDasharray={dash}
              // A bucket alone between two gaps has no line: its dot is all there is to see.
              dot={points.length <= 60 ? { r: 2, fill: color, strokeWidth: 0 } : false}
              activeDot={{ r: 4 }}
              connectNulls={false}
              isAnimationActive={false}
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
    </div>
  );
}

function LatencyTooltip({ point, shown, title }: { point: UsagePoint; shown: readonly Percentile[]; title: string }) {
  return (
    <div className={classes.tooltip}>
      <Text size="xs" fw={600}>
        {title}
      </Text>
      {[...shown].reverse().map(({ key, label, color }) => (
        <div key={key} className={classes.tooltipRow}>
          <span className={classes.swatch} style={{ color }} />
          <span>{label}</span>
          <span />
          <span>{formatMs(point[key])}</span>
        </div>
      ))}
      <div className={`${classes.tooltipRow} ${classes.total}`}>
        <span />
        <span>Requests</span>
        <span />
        <span>{formatExact(point.requests)}</span>
      </div>
    </div>
  );
}

function LatencyTable({ points, bucket, timeZone }: { points: UsagePoint[]; bucket: Bucket; timeZone: string }) {
  return (
    <Table stickyHeader verticalSpacing={4} className="lk-tabular">
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Time</Table.Th>
          {PERCENTILES.map(({ key, label }) => (
            <Table.Th key={key} scope="col" ta="right">
              {label}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {points.map((point) => (
          <Table.Tr key={point.at}>
            <Table.Th scope="row" fw={400}>
              {describeBucket(point.at, bucket, timeZone)}
            </Table.Th>
            {PERCENTILES.map(({ key }) => (
              <Table.Td key={key} ta="right">
                {formatMs(point[key])}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function summarize(points: readonly UsagePoint[], bucket: Bucket, timeZone: string): string {
  const measured = points.filter((point) => point.p95 !== null);
  const slowest = measured.reduce<UsagePoint | null>((worst, point) => ((point.p95 ?? 0) > (worst?.p95 ?? -1) ? point : worst), null);
  if (!slowest) return 'No response times in this range.';
  return `95 of 100 requests were answered within ${formatMs(slowest.p95)} even in the slowest bucket, ${describeBucket(slowest.at, bucket, timeZone)}.`;
}
