import { Switch, Table, Text } from '@mantine/core';
import { useId, useMemo, useState } from 'react';
import { Bar, BarChart, type BarShapeProps, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { useNow } from '../../lib/clock.ts';
import { formatCount, formatExact, formatPercent, formatShare } from '../../lib/format.ts';
import type { Outputs } from '../../lib/trpc.ts';
import type { Bucket } from '../../lib/zoned-time.ts';
import classes from './chart.module.css';
import { ChartFrame } from './chart-frame.tsx';
import { ChartLegend, toggleHidden } from './chart-legend.tsx';
import { chooseDayTicks, describeBucket, isPartial, labelTick } from './describe-bucket.ts';
import { OUTCOMES, type OutcomeKey, WOULD_BE_REFUSED } from './outcome.ts';

export type UsagePoint = Outputs['usage']['series']['points'][number];
type Series = (typeof OUTCOMES)[number] | typeof WOULD_BE_REFUSED;
type SeriesKey = Series['key'];

interface OutcomeChartProps {
  /** Every bucket of the range, empty ones with zeros. */
  points: UsagePoint[];
  bucket: Bucket;
  timeZone: string;
  height?: number;
  /** Leaves successes out, so that failures fill the chart's height. */
  failuresOnly?: boolean;
  onFailuresOnlyChange?: (failuresOnly: boolean) => void;
  /** Draws what rules on trial would have refused beside what really happened. */
  withTrial?: boolean;
  /** Draws this outcome alone. */
  only?: OutcomeKey;
}

/** How many requests per bucket, and how they ended. */
export function OutcomeChart(props: OutcomeChartProps) {
  const { points, bucket, timeZone, height = 280, failuresOnly = false, onFailuresOnlyChange, withTrial = false, only } = props;
  const [hidden, setHidden] = useState<ReadonlySet<SeriesKey>>(new Set());
  const last = points.at(-1);
  const now = useNow();
  const partialAt = last && isPartial(last.at, bucket, timeZone, now) ? last.at : null;
  const offered = useMemo(
    () => [
      ...OUTCOMES.filter(({ key }) => (only ? key === only : !(failuresOnly && key === 'ok'))),
      ...(withTrial && !only ? [WOULD_BE_REFUSED] : []),
    ],
    [failuresOnly, only, withTrial],
  );
  const shown = useMemo(() => offered.filter(({ key }) => !hidden.has(key)), [offered, hidden]);
  return (
    <ChartFrame
      tableLabel="Requests by outcome"
      summary={summarize(points, bucket, timeZone)}
      legend={
        <ChartLegend
          series={offered}
          hidden={hidden}
          onToggle={(key) =>
            setHidden(
              toggleHidden(
                hidden,
                key,
                offered.map((outcome) => outcome.key),
              ),
            )
          }
        />
      }
      controls={
        onFailuresOnlyChange && (
          <Switch
            size="xs"
            label="Failures only"
            checked={failuresOnly}
            onChange={(event) => onFailuresOnlyChange(event.currentTarget.checked)}
          />
        )
      }
      note={partialAt && 'The last bar is hatched: its time is not over yet.'}
      chart={<Bars points={points} shown={shown} bucket={bucket} timeZone={timeZone} height={height} partialAt={partialAt} />}
      renderTable={() => <OutcomeTable points={points} bucket={bucket} timeZone={timeZone} withTrial={withTrial} />}
    />
  );
}

interface BarsProps {
  points: UsagePoint[];
  shown: readonly Series[];
  bucket: Bucket;
  timeZone: string;
  height: number;
  partialAt: string | null;
}

function Bars({ points, shown, bucket, timeZone, height, partialAt }: BarsProps) {
  const id = useId().replace(/[^a-z0-9]/gi, '');
  return (
    <div className={classes.chart} style={{ height }}>
      <ResponsiveContainer width="100%" height={height} initialDimension={{ width: 600, height }}>
        <BarChart data={points} margin={{ top: 4, right: 0, bottom: 0, left: 0 }} barCategoryGap={points.length > 60 ? 1 : '18%'}>
          <defs>
            {[...OUTCOMES, WOULD_BE_REFUSED].map(({ key, color }) => (
              <pattern key={key} id={`${id}-${key}`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <rect width="6" height="6" fill={color} opacity="0.25" />
                <rect width="3" height="6" fill={color} />
              </pattern>
            ))}
          </defs>
          <CartesianGrid vertical={false} stroke="var(--lk-grid)" />
          <XAxis
            dataKey="at"
            tickFormatter={(at: string) => labelTick(at, bucket, timeZone)}
            ticks={chooseDayTicks(points, bucket, timeZone)}
            minTickGap={30}
            tickLine={false}
            axisLine={{ stroke: 'var(--lk-border)' }}
          />
          <YAxis width={44} tickCount={5} allowDecimals={false} tickFormatter={formatCount} tickLine={false} axisLine={false} />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: 'var(--mantine-color-default-hover)' }}
            content={({ active, payload }) => {
              const point: UsagePoint | undefined = payload?.[0]?.payload;
              return active && point ? (
                <OutcomeTooltip point={point} shown={shown} title={describeBucket(point.at, bucket, timeZone)} />
              ) : null;
            }}
          />
          {shown.map(({ key, label, color }) => (
            <Bar
              key={key}
              dataKey={key}
              name={label}
              stackId={key === 'trialDenied' ? 'trial' : 'outcome'}
              fill={color}
              stroke="var(--lk-surface)"
              strokeWidth={1}
              maxBarSize={48}
              isAnimationActive={false}
              shape={({ x, y, width, height: size, index }: BarShapeProps) => (
                <rect
                  x={x}
                  y={y}
                  width={Math.max(width, 0)}
                  height={Math.max(size, 0)}
                  fill={key === 'trialDenied' || points[index]?.at === partialAt ? `url(#${id}-${key})` : color}
                  stroke={key === 'trialDenied' ? color : 'var(--lk-surface)'}
                  strokeWidth={size > 2 && width > 3 ? 1 : 0}
                />
              )}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

function OutcomeTooltip({ point, shown, title }: { point: UsagePoint; shown: readonly Series[]; title: string }) {
  return (
    <div className={classes.tooltip}>
      <Text size="xs" fw={600}>
        {title}
      </Text>
      {[...shown].reverse().map(({ key, label, color }) => (
        <div key={key} className={classes.tooltipRow}>
          <span className={classes.swatch} style={{ color }} />
          <span>{label}</span>
          <span>{formatExact(point[key])}</span>
          <span>{formatShare(point[key], point.requests)}</span>
        </div>
      ))}
      <div className={`${classes.tooltipRow} ${classes.total}`}>
        <span />
        <span>All requests</span>
        <span>{formatExact(point.requests)}</span>
        <span />
      </div>
    </div>
  );
}

interface TableProps {
  points: UsagePoint[];
  bucket: Bucket;
  timeZone: string;
  withTrial: boolean;
}

function OutcomeTable({ points, bucket, timeZone, withTrial }: TableProps) {
  const columns = withTrial ? [...OUTCOMES, WOULD_BE_REFUSED] : OUTCOMES;
  return (
    <Table stickyHeader verticalSpacing={4} className="lk-tabular">
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Time</Table.Th>
          <Table.Th scope="col" ta="right">
            All
          </Table.Th>
          {columns.map(({ key, label }) => (
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
            <Table.Td ta="right">{formatExact(point.requests)}</Table.Td>
            {columns.map(({ key }) => (
              <Table.Td key={key} ta="right">
                {formatExact(point[key])}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function summarize(points: readonly UsagePoint[], bucket: Bucket, timeZone: string): string {
  const total = points.reduce((sum, point) => sum + point.requests, 0);
  if (total === 0) return 'No requests in this range.';
  const ok = points.reduce((sum, point) => sum + point.ok, 0);
  const limited = points.reduce((sum, point) => sum + point.rateLimited, 0);
  const peak = points.reduce((highest, point) => (point.requests > highest.requests ? point : highest));
  const parts = [
    `${formatExact(total)} requests`,
    `${formatPercent(ok, total)} ok`,
    `${formatExact(limited)} over the rate limit`,
    `peak ${formatExact(peak.requests)} at ${describeBucket(peak.at, bucket, timeZone)}`,
  ];
  return `${parts.join(', ')}.`;
}
