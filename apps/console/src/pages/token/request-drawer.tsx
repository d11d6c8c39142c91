import type { RequestRow, Token } from '@latchkey/api/schemas';
import { Alert, Anchor, Button, Code, Drawer, Group, Stack, Text } from '@mantine/core';
import { IconCheck, IconChevronLeft, IconChevronRight, IconCopy, IconHelpCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Explanation } from '../../features/token/explanation.tsx';
import { maskedToken } from '../../features/token/masked-token.ts';
import { outcomeText } from '../../features/token/outcome-text.ts';
import { useExplain } from '../../features/token/use-explain.ts';
import { formatBytes, formatDateTime, formatMs } from '../../lib/format.ts';
import { readRequestError } from '../../lib/request-error.ts';
import { useTimeRange } from '../../lib/time-range.ts';
import { useCopy } from '../../lib/use-copy.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { curlOf } from './curl-of.ts';
import classes from './request-drawer.module.css';
import { StatusCode } from './status-code.tsx';
import { useTokenView } from './use-token-view.ts';

const ANSWERED_AT_PROXY = 'The token was accepted. What the API answered is known to the proxy that asked, and not here.';

interface RequestDrawerProps {
  rows: RequestRow[] | undefined;
  /** Id from the URL. */
  selected: string | undefined;
  token: Token;
  onClose: () => void;
}

/** Everything known about one request. Its id is in the URL: Back closes it, a link opens it. */
export function RequestDrawer({ rows, selected, token, onClose }: RequestDrawerProps) {
  const { change } = useTokenView();
  const index = rows?.findIndex(({ id }) => id === selected) ?? -1;
  const row = rows?.[index];
  const step = (by: number) => change({ req: rows?.[index + by]?.id }, { replace: true });
  return (
    <Drawer
      opened={selected !== undefined && rows !== undefined}
      onClose={onClose}
      position="right"
      size="md"
      title={<Text fw={600}>Request</Text>}
    >
      {row ? (
        <Stack gap="md">
          <Steps index={index} count={rows?.length ?? 0} onStep={step} />
          <Details key={row.id} row={row} token={token} />
        </Stack>
      ) : (
        <Text size="sm">This request is not among those shown. Load more of them, clear the filters, or choose another time range.</Text>
      )}
    </Drawer>
  );
}

function Steps({ index, count, onStep }: { index: number; count: number; onStep: (by: number) => void }) {
  return (
    <Group justify="space-between">
      <Button
        size="xs"
        variant="default"
        disabled={index === 0}
        onClick={() => onStep(-1)}
        leftSection={<IconChevronLeft size={14} aria-hidden />}
      >
        Newer
      </Button>
      <Text size="xs" c="dimmed" role="status">
        {index + 1} of {count} loaded
      </Text>
      <Button
        size="xs"
        variant="default"
        disabled={index === count - 1}
        onClick={() => onStep(1)}
        rightSection={<IconChevronRight size={14} aria-hidden />}
      >
        Older
      </Button>
    </Group>
  );
}

function Details({ row, token }: { row: RequestRow; token: Token }) {
  const { timeZone } = useTimeRange();
  const { label, explanation } = outcomeText(row.outcome);
  const isFailed = row.status !== null && row.status >= 400;
  return (
    <>
      <Alert color={isFailed ? 'yellow' : 'blue'} variant="light" title={label}>
        <Text size="sm">{row.status === null ? ANSWERED_AT_PROXY : explanation}</Text>
        <Rule row={row} token={token} />
      </Alert>
      {isFailed && row.outcome !== 'VALID' && <Why row={row} />}
      <dl className={classes.fields}>
        <Field term="Status">{row.status === null ? 'not known: decided at the proxy' : <StatusCode status={row.status} />}</Field>
        {row.via === 'forward_auth' && <Field term="Came by">a proxy that asked (forward-auth)</Field>}
        <Field term="Method">{row.method}</Field>
        <Field term="Path">
          <Code className="lk-wrap">{row.path}</Code>
        </Field>
        <Field term="Endpoint">
          <Code className="lk-wrap">{row.endpoint}</Code>
        </Field>
        <Field term="Time">{formatDateTime(row.at, timeZone, 'full')}</Field>
        <Field term="UTC">{row.at}</Field>
        <Field term={row.via === null ? 'Took' : 'Check took'}>{formatMs(row.responseTimeMs)}</Field>
        <Field term="Received">{row.via === null ? formatBytes(row.requestBytes) : 'not known'}</Field>
        <Field term="Sent">{row.via === null ? formatBytes(row.responseBytes) : 'not known'}</Field>
        <Field term="Address">{row.ipAddress ?? 'not known'}</Field>
        <Field term="Client">{row.userAgent ?? 'did not say'}</Field>
        <Field term="Token">{maskedToken(token)}</Field>
        <Field term="Outcome code">
          <Code>{row.outcome}</Code>
        </Field>
        <Field term="Request id">
          <Group gap={4} wrap="nowrap">
            <Code className="lk-wrap">{row.requestId}</Code>
            <CopyButton value={row.requestId} label="Copy request id" />
          </Group>
        </Field>
      </dl>
      <CopyCurl row={row} />
    </>
  );
}

/** Every check of a refused request, asked for when somebody wants to know. */
function Why({ row }: { row: RequestRow }) {
  const explain = useExplain();
  if (explain.data) return <Explanation explanation={explain.data} />;
  return (
    <Stack gap="xs" align="flex-start">
      <Button
        size="xs"
        variant="default"
        loading={explain.isPending}
        leftSection={<IconHelpCircle size={14} aria-hidden />}
        onClick={() => explain.mutate({ requestId: row.requestId, tokenId: row.tokenId, at: row.at })}
      >
        Why?
      </Button>
      {explain.error && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {readRequestError(explain.error).message}
        </Text>
      )}
    </Stack>
  );
}

/** The rule of the token as it is today; what decided may have been another. */
function Rule({ row, token }: { row: RequestRow; token: Token }) {
  const { change } = useTokenView();
  if (row.outcome !== 'ENDPOINT_NOT_ALLOWED' && row.outcome !== 'RATE_LIMITED') return null;
  return (
    <Anchor
      component="button"
      type="button"
      size="sm"
      mt={4}
      c="inherit"
      underline="always"
      onClick={() => change({ tab: 'settings', req: undefined })}
    >
      {row.outcome === 'RATE_LIMITED' ? 'Look at its rate limit' : `Look at its ${token.allowedEndpoints?.length ?? 0} patterns`}
    </Anchor>
  );
}

function Field({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  );
}

function CopyCurl({ row }: { row: RequestRow }) {
  const { state, copy } = useCopy(1500);
  return (
    <Button
      variant="default"
      onClick={() => void copy(curlOf(row, window.location.origin))}
      leftSection={state === 'copied' ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
    >
      <span role="status">{{ idle: 'Copy as curl', copied: 'Copied', failed: 'Not copied: the browser refused' }[state]}</span>
    </Button>
  );
}
