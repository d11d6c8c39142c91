import type { SetTrialInput, Token } from '@latchkey/api/schemas';
import { Button, Group, Text } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { readRequestError } from '../../lib/request-error.ts';
import { useTrial } from './use-trial.ts';

interface DryRunButtonProps {
  token: Token;
  /** What is typed, where it is valid and not what is saved; `null` otherwise. */
  proposal: Omit<SetTrialInput, 'id'> | null;
}

/** Watches what is typed beside what is saved, instead of saving it. Keeps what else is on trial. */
export function DryRunButton({ token, proposal }: DryRunButtonProps) {
  const { set } = useTrial();
  const { trial } = token;
  const running = {
    ...(trial?.allowedEndpoints && { allowedEndpoints: trial.allowedEndpoints }),
    ...(trial?.scopes && { scopes: trial.scopes }),
    ...(trial?.rateLimit && {
      rateLimit: trial.rateLimit.max,
      rateLimitWindowMs: trial.rateLimit.windowMs,
      rateLimitAlgorithm: trial.rateLimit.algorithm,
    }),
  };
  return (
    <Group gap="xs">
      <Button
        size="xs"
        variant="default"
        leftSection={<IconEye size={14} aria-hidden />}
        disabled={proposal === null}
        loading={set.isPending}
        onClick={() => proposal && set.mutate({ id: token.id, ...running, ...proposal })}
      >
        Dry run: watch it first
      </Button>
      <Text size="sm" role="status" c={set.error ? 'var(--mantine-color-error)' : 'var(--lk-good)'}>
        {set.error && readRequestError(set.error).message}
        {set.isSuccess && 'Watching. The Usage tab shows what it would refuse.'}
      </Text>
    </Group>
  );
}
