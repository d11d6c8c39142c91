import type { RequestRow } from '@latchkey/api/schemas';
import { Alert, Group, Loader, Text } from '@mantine/core';
import { IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import { formatMs } from '../../lib/format.ts';
import { trpc } from '../../lib/trpc.ts';
import { outcomeText } from './outcome-text.ts';

const DAY = 86_400_000;

/** Waits for the first request with a new token, and says how it went. */
export function FirstRequest({ tokenId, since }: { tokenId: number; since: string }) {
  const range = { from: since, to: new Date(Date.parse(since) + DAY).toISOString() };
  const { data } = trpc.usage.requests.useQuery(
    { tokenId, ...range, limit: 1 },
    { refetchInterval: (query) => (query.state.data?.requests.length ? false : 1_000), staleTime: 0 },
  );
  const request = data?.requests[0];
  return <div role="status">{request ? <Arrived request={request} /> : <Waiting />}</div>;
}

function Waiting() {
  return (
    <Group gap="xs" wrap="nowrap">
      <Loader size="xs" type="dots" aria-hidden />
      <Text size="sm" c="dimmed">
        Waiting for the first request… run the curl line to see it arrive.
      </Text>
    </Group>
  );
}

function Arrived({ request }: { request: RequestRow }) {
  const status = request.status ?? 'answered at the proxy, checked';
  const line = `${request.method} ${request.path} → ${status} in ${formatMs(request.responseTimeMs)}`;
  if (request.outcome === 'VALID') {
    return (
      <Alert color="green" variant="light" icon={<IconCircleCheck size={18} aria-hidden />} title="First request received">
        <Text size="sm" className="lk-wrap">
          {line}
        </Text>
      </Alert>
    );
  }
  return (
    <Alert color="yellow" variant="light" icon={<IconInfoCircle size={18} aria-hidden />} title="A request arrived, and was refused">
      <Text size="sm" className="lk-wrap">
        {line}. {outcomeText(request.outcome).explanation}
      </Text>
    </Alert>
  );
}
