import { Alert, Button, Code, Group, Skeleton, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconAlertTriangle, IconLock, IconRefresh } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import { readRequestError } from '../lib/request-error.ts';
import { CopyButton } from './copy-button.tsx';

interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  /** Why there is nothing, or what fills it. */
  children?: ReactNode;
  /** The one thing to do about it. */
  action?: ReactNode;
}

/** Nothing here: never had data, or nothing matches. */
export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center">
      {icon && (
        <ThemeIcon size={44} radius="xl" variant="light" color="gray" aria-hidden>
          {icon}
        </ThemeIcon>
      )}
      <Text fw={600}>{title}</Text>
      {children && (
        <Text size="sm" c="dimmed" maw={460} component="div">
          {children}
        </Text>
      )}
      {action}
    </Stack>
  );
}

interface ErrorStateProps {
  error: unknown;
  onRetry?: () => void;
  title?: string;
}

/** A call failed: the reason, the request id, and a way to try again. A refusal for the role gets its own state. */
export function ErrorState({ error, onRetry, title = 'This could not be loaded' }: ErrorStateProps) {
  const { kind, message, requestId } = readRequestError(error);
  if (kind === 'forbidden') return <ForbiddenState>{message}</ForbiddenState>;
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} title={title} role="alert">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{message}</Text>
        {requestId && (
          <Group gap={4}>
            <Text size="sm">Request</Text>
            <Code>{requestId}</Code>
            <CopyButton value={requestId} label="Copy request id" />
          </Group>
        )}
        {onRetry && (
          <Button size="xs" variant="default" leftSection={<IconRefresh size={14} aria-hidden />} onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** The account's role does not allow it. */
export function ForbiddenState({ children }: { children?: ReactNode }) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center">
      <ThemeIcon size={44} radius="xl" variant="light" color="gray" aria-hidden>
        <IconLock size={22} />
      </ThemeIcon>
      <Title order={2}>Not open to your role</Title>
      <Text size="sm" c="dimmed" maw={460} component="div">
        {children ?? 'Administrators can see this. One of them can change your role under Settings → Members.'}
      </Text>
    </Stack>
  );
}

const SKELETON_DELAY_MS = 150;

/** Room of the content to come; drawn after 150 ms only, because an answer usually is faster than that. */
export function LoadingBlock({ height = 200, label = 'Loading' }: { height?: number | string; label?: string }) {
  const [visible, setVisible] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setVisible(true), SKELETON_DELAY_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-label={label} style={{ minHeight: height }}>
      {visible && <Skeleton height={height} radius="md" />}
    </div>
  );
}
