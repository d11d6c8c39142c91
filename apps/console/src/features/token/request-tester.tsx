import { Code, Group, NativeSelect, Paper, Stack, Text, TextInput } from '@mantine/core';
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import type { TryResult } from './try-request.ts';

export interface Attempt {
  method: string;
  address: string;
}

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Type a request, see what the guard would say to it. */
export function RequestTester(props: { attempt: Attempt; onChange: (attempt: Attempt) => void; result: TryResult }) {
  const { attempt, onChange, result } = props;
  return (
    <Paper withBorder p="sm" radius="md" bg="var(--mantine-color-default-hover)">
      <Stack gap="xs">
        <Text size="sm" fw={500}>
          Try a request
        </Text>
        <Group gap="xs" wrap="nowrap" align="flex-start">
          <NativeSelect
            aria-label="Method to try"
            data={METHODS}
            value={attempt.method}
            onChange={(event) => onChange({ ...attempt, method: event.currentTarget.value })}
            w={110}
          />
          <TextInput
            aria-label="Path to try"
            placeholder="/products/42"
            value={attempt.address}
            onChange={(event) => onChange({ ...attempt, address: event.currentTarget.value })}
            // Enter here asks the tester; it must not send the form around it.
            onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            flex={1}
            spellCheck={false}
            autoComplete="off"
          />
        </Group>
        <div role="status" aria-live="polite">
          <Verdict result={result} method={attempt.method} />
        </div>
      </Stack>
    </Paper>
  );
}

function Verdict({ result, method }: { result: TryResult; method: string }) {
  if (result.kind === 'incomplete') {
    return (
      <Text size="sm" c="dimmed">
        {result.hint}
      </Text>
    );
  }
  const request = `${method} ${result.path}`;
  if (result.kind === 'refused') {
    return (
      <Line icon={<IconCircleX size={18} color="var(--mantine-color-error)" aria-hidden />}>
        <strong>Refused</strong> – <Code>{request}</Code> matches no pattern: 403.
      </Line>
    );
  }
  return (
    <Line icon={<IconCircleCheck size={18} color="var(--lk-good)" aria-hidden />}>
      <strong>Allowed</strong> – <Code>{request}</Code>{' '}
      {result.pattern === null ? (
        'may be called, as every endpoint.'
      ) : (
        <>
          matches <Code>{result.pattern}</Code>
        </>
      )}
    </Line>
  );
}

function Line({ icon, children }: { icon: React.ReactNode; children: React.ReactNode }) {
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      {icon}
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {children}
      </Text>
    </Group>
  );
}
