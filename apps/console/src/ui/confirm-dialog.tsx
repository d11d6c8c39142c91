import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { type ReactNode, useId } from 'react';

interface ConfirmDialogProps {
  opened: boolean;
  onClose: () => void;
  onConfirm: () => void;
  /** A question that names the object: `Revoke "ci-deploy"?` */
  title: string;
  /** What will happen, and to whom. */
  children: ReactNode;
  /** A verb: "Revoke token". */
  confirmLabel: string;
  /** `danger` for what cannot be taken back. */
  tone?: 'danger' | 'normal';
  pending?: boolean;
  /** Blocks the button, for instance until a name is typed. */
  disabled?: boolean;
}

/** Asks before an act. The focus starts on "Cancel"; the dialog stays open until the act is done. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { opened, onClose, onConfirm, title, children, confirmLabel, tone = 'normal', pending = false, disabled = false } = props;
  const bodyId = useId();
  return (
    <Modal opened={opened} onClose={pending ? () => undefined : onClose} title={<Text fw={600}>{title}</Text>} aria-describedby={bodyId}>
      <Stack>
        <Text size="sm" component="div" id={bodyId}>
          {children}
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} disabled={pending} data-autofocus>
            Cancel
          </Button>
          <Button color={tone === 'danger' ? 'red' : undefined} onClick={onConfirm} loading={pending} disabled={disabled}>
            {confirmLabel}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
