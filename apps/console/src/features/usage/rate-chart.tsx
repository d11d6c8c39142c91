import { Table, Text } from '@mantine/core';
import { useMemo } from 'react';
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { FEWEST_FOR_PERCENT, formatExact, formatPercent } from '../../lib/format.ts';
import type { Bucket } from '../../lib/zoned-time.ts';
import classes from './chart.module.css';
import { ChartFrame } from './chart-frame.tsx';
import { chooseDayTicks, describeBucket, labelTick } from './describe-bucket.ts';
import type { UsagePoint } from './outcome-chart.tsx';

interface RateChartProps {
  points: UsagePoint[];
  bucket: Bucket;
  timeZone: string;
  height?: number;
}

interface RatePoint {
  at: string;
  ok: number;
  requests: number;
  /** Percent; `null` where a rate would rest on fewer than 20 calls. */
  rate: number | null;
}

/** Which part of the requests was answered well. The axis does not start at 0: between 98 % and 99 % lies the whole story. */
export function RateChart({ points, bucket, timeZone, height = 280 }: RateChartProps) {
  const rates = useMemo(() => points.map(toRate), [points]);
  return (
    <ChartFrame
      tableLabel="Success rate"
      summary={summarize(rates, bucket, timeZone)}
      legend={
        <Text size="xs" c="dimmed">
          Answered with 1xx–3xx, of all requests. Gaps: fewer than {FEWEST_FOR_PERCENT} requests.
        </Text>
      }
      chart={<RateLine rates={rates} bucket={bucket} timeZone={timeZone} height={height} />}
      renderTable={() => <RateTable rates={rates} bucket={bucket} timeZone={timeZone} />}
    />
  );
}

function toRate({ at, ok, requests }: UsagePoint): RatePoint {
  return { at, ok, requests, rate: requests < FEWEST_FOR_PERCENT ? null : (ok / requests) * 100 };
}

function RateLine({ rates, bucket, timeZone, height }: { rates: RatePoint[]; bucket: Bucket; timeZone: string; height: number }) {
  const ticks = chooseTicks(rates);
  return (
    <div className={classes.chart} style={{ height }}>
      <ResponsiveContainer width="100%" height={height} initialDimension={{ width: 600, height }}>
        <LineChart data={rates} margin={{ top: 6, right: 4, bottom: 0, left: 0 }}>
          <CartesianGrid vertical={false} stroke="var(--lk-grid)" />
          <XAxis
            dataKey="at"
            tickFormatter={(at: string) => labelTick(at, bucket, timeZone)}
            ticks={chooseDayTicks(rates, bucket, timeZone)}
            minTickGap={30}
            tickLine={false}
            axisLine={{ stroke: 'var(--lk-border)' }}
          />
          <YAxis
            width={50}
            domain={[ticks[0] ?? 0, 100]}
            ticks={ticks}
            tickFormatter={(rate: number) => `${rate} %`}
            tickLine={false}
            axisLine={false}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--mantine-color-dimmed)' }}
            content={({ active, payload }) => {
              const point: RatePoint | undefined = payload?.[0]?.payload;
              return active && point ? <RateTooltip point={point} title={describeBucket(point.at, bucket, timeZone)} /> : null;
            }}
          />
          <Line
            dataKey="rate"
            name="Success rate"
            stroke="var(--lk-ok)"
            strokeWidth={2}
            dot={rates.length <= 60 ? { r: 2, fill: 'var(--lk-ok)', strokeWidth: 0 } : false}
            connectNulls={false}
            isAnimationActive={false}
          />
        </LineChart>
      </ResponsiveContainer>
    </div>
  );
}

const STEPS = [0.25, 0.5, 1, 2, 5, 10, 20, 25] as const;

/** Five even ticks up to 100 %, as close together as the lowest rate allows. */
function chooseTicks(rates: readonly RatePoint[]): number[] {
  const lowest = Math.min(...rates.map((point) => point.rate ?? 100));
  const step = STEPS.find((size) => 100 - 4 * size <= lowest) ?? 25;
  return [4, 3, 2, 1, 0].map((below) => 100 - below * step);
}

function RateTooltip({ point, title }: { point: RatePoint; title: string }) {
  return (
    <div className={classes.tooltip}>
      <Text size="xs" fw={600}>
        {title}
      </Text>
      <Text size="xs" mt={4} className="lk-tabular">
        {formatPercent(point.ok, point.requests)} answered well · {formatExact(point.ok)} of {formatExact(point.requests)}
      </Text>
    </div>
  );
}

function RateTable({ rates, bucket, timeZone }: { rates: RatePoint[]; bucket: Bucket; timeZone: string }) {
  return (
    <Table stickyHeader verticalSpacing={4} className="lk-tabular">
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Time</Table.Th>
          <Table.Th scope="col" ta="right">
            Success
          </Table.Th>
          <Table.Th scope="col" ta="right">
            Requests
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rates.map((point) => (
          <Table.Tr key={point.at}>
            <Table.Th scope="row" fw={400}>
              {describeBucket(point.at, bucket, timeZone)}
            </Table.Th>
            <Table.Td ta="right">{formatPercent(point.ok, point.requests)}</Table.Td>
            <Table.Td ta="right">{formatExact(point.requests)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function summarize(rates: readonly RatePoint[], bucket: Bucket, timeZone: string): string {
  const measured = rates.filter((point) => point.rate !== null);
  const worst = measured.reduce<RatePoint | null>((low, point) => ((point.rate ?? 100) < (low?.rate ?? 101) ? point : low), null);
  if (!worst) return 'Too few requests for a success rate in this range.';
  return `The success rate was lowest with ${formatPercent(worst.ok, worst.requests)} at ${describeBucket(worst.at, bucket, timeZone)}.`;
}
