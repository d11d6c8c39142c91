import { Box, Button, Group, Modal, Stack, Text, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { useBeforeUnload } from '../../lib/use-before-unload.ts';
import { useCopy } from '../../lib/use-copy.ts';
import { NotCopiedAlert } from '../../ui/not-copied-alert.tsx';
import classes from '../token/secret-dialog.module.css';

interface WebhookSecretDialogProps {
  title: string;
  /** Whose it is. */
  name: string;
  /** The plain text: held in the state of one component, and nowhere else. */
  secret: string;
  onClose: () => void;
}

/** Shows the signing secret of a webhook, once. Closing without having copied it has to be confirmed. */
export function WebhookSecretDialog({ title, name, secret, onClose }: WebhookSecretDialogProps) {
  const [copied, setCopied] = useState(false);
  const [asking, setAsking] = useState(false);
  const narrow = useMediaQuery('(max-width: 37.5em)', false, { getInitialValueInEffect: false });
  useBeforeUnload(!copied);
  const close = () => (copied ? onClose() : setAsking(true));
  return (
    <Modal opened onClose={close} title={<Text fw={600}>{title}</Text>} size="lg" fullScreen={narrow} closeOnClickOutside={false}>
      <Stack gap="md">
        <Text size="sm">
          With this secret <b className="lk-wrap">{name}</b> can tell that a message is from this Latchkey and was not changed on its way.
          Store it now: it <b>cannot be shown again</b>.
        </Text>
        <Secret secret={secret} onCopied={() => setCopied(true)} />
        <Text size="sm" c="dimmed">
          Messages are signed as Standard Webhooks has it: check the headers webhook-id, webhook-timestamp and webhook-signature with one of
          its libraries.
        </Text>
        {asking ? (
          <NotCopiedAlert remedy="You would have to rotate it." onBack={() => setAsking(false)} onLeave={onClose} />
        ) : (
          <Group justify="flex-end">
            <Button variant={copied ? 'filled' : 'default'} onClick={close}>
              {copied ? 'Done' : 'Close'}
            </Button>
          </Group>
        )}
      </Stack>
    </Modal>
  );
}

function Secret({ secret, onCopied }: { secret: string; onCopied: () => void }) {
  const { state, copy } = useCopy();
  const text = { idle: 'Copy secret', copied: 'Copied', failed: 'Select it and copy it yourself' }[state];
  return (
    <Box className={classes.secret}>
      {/* Who selects it and copies it without the button has it, too. */}
      <code className={classes.text} data-testid="webhook-secret" onCopy={onCopied}>
        {secret}
      </code>
      <Button
        size="sm"
        className={classes.copy}
        onClick={() => void copy(secret).then((done) => done && onCopied())}
        leftSection={state === 'copied' ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
        data-autofocus
      >
        {text}
      </Button>
      <VisuallyHidden role="status">{state === 'idle' ? '' : text}</VisuallyHidden>
    </Box>
  );
}
