import type { Token } from '@latchkey/api/schemas';
import { Button, Code, Group, List, NativeSelect, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { formatDateTime, formatExact, formatShare } from '../../lib/format.ts';
import { readRequestError } from '../../lib/request-error.ts';
import { useTimeRange } from '../../lib/time-range.ts';
import { type Outputs, trpc } from '../../lib/trpc.ts';
import { formatRate } from './limit-window.ts';

type Result = Outputs['usage']['whatIf'];

interface Limit {
  rateLimit: number;
  rateLimitWindowMs: number;
  rateLimitAlgorithm: 'fixed' | 'sliding';
}

const SPANS = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
];

/** Tries the limit that is typed on the requests of the last days. `limit`: `null` while it is not valid. */
export function WhatIf({ token, limit }: { token: Token; limit: Limit | null }) {
  const [days, setDays] = useState('7');
  const whatIf = trpc.usage.whatIf.useMutation();
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Button
          size="xs"
          variant="default"
          disabled={limit === null}
          loading={whatIf.isPending}
          onClick={() => limit && whatIf.mutate({ id: token.id, days: Number(days), ...limit })}
        >
          Try this limit on the last
        </Button>
        <NativeSelect
          size="xs"
          aria-label="Days to try it on"
          data={SPANS}
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
        />
      </Group>
      <div role="status" aria-live="polite">
        {whatIf.error && (
          <Text size="sm" c="var(--mantine-color-error)">
            {readRequestError(whatIf.error).message}
          </Text>
        )}
        {whatIf.data && whatIf.variables && <Outcome result={whatIf.data} tried={whatIf.variables} />}
      </div>
    </Stack>
  );
}

function Outcome({ result, tried }: { result: Result; tried: { rateLimit?: number | undefined; rateLimitWindowMs?: number | undefined } }) {
  const { timeZone } = useTimeRange();
  const { refused, requests, hoursRefused, worstHour, newlyAllowed, peak, peakShare, limitedBy, from, endpoints } = result;
  const hours = hoursRefused === 1 ? '1 hour' : `${formatExact(hoursRefused)} hours`;
  return (
    <Stack gap={4}>
      <Text size="sm" fw={500}>
        {formatRate(tried.rateLimit ?? null, tried.rateLimitWindowMs ?? 60_000)} would have refused{' '}
        {refused.total === 0
          ? `none of ${formatExact(requests)} requests.`
          : `${formatExact(refused.total)} of ${formatExact(requests)} requests (${formatShare(refused.total, requests)}) in ${hours}.`}
      </Text>
      {peak !== null && peakShare !== null && requests > 0 && (
        <Text size="sm">
          Peak use: {formatExact(peak)} in one window, {Math.round(peakShare * 100).toLocaleString('en')} % of the limit.
        </Text>
      )}
      {worstHour && (
        <Text size="sm">
          Worst hour: {formatDateTime(worstHour.at, timeZone)}, {formatExact(worstHour.refused)} of {formatExact(worstHour.requests)}.
        </Text>
      )}
      {newlyAllowed > 0 && <Text size="sm">{formatExact(newlyAllowed)} that were refused then would pass.</Text>}
      {endpoints.length > 0 && (
        <List size="sm">
          {endpoints.slice(0, 3).map(({ endpoint, method, refused: count }) => (
            <List.Item key={`${method} ${endpoint}`}>
              <Code className="lk-wrap">
                {method} {endpoint}
              </Code>{' '}
              {formatExact(count)}
            </List.Item>
          ))}
        </List>
      )}
      <Text size="xs" c="dimmed">
        Every logged request since {formatDateTime(from, timeZone)}, none sampled.
        {limitedBy === 'retention' && ' The log does not reach back further.'}
        {limitedBy === 'volume' && ' Only the newest two million were tried.'}
      </Text>
    </Stack>
  );
}
