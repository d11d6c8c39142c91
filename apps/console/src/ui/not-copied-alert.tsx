import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';

interface NotCopiedAlertProps {
  /** What is left to do once the secret is gone, as a sentence. */
  remedy: string;
  onBack: () => void;
  onLeave: () => void;
}

/** Asks once more before a secret that nobody has copied is gone for good. */
export function NotCopiedAlert({ remedy, onBack, onLeave }: NotCopiedAlertProps) {
  return (
    <Alert
      color="yellow"
      variant="light"
      icon={<IconAlertTriangle size={18} aria-hidden />}
      title="You have not copied the secret"
      role="alertdialog"
    >
      <Stack gap="sm">
        <Text size="sm">Once this is closed nobody can read it again. {remedy}</Text>
        <Group gap="xs" justify="flex-end">
          <Button size="xs" variant="default" onClick={onLeave}>
            Close without the secret
          </Button>
          <Button size="xs" onClick={onBack} autoFocus>
            Go back
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
