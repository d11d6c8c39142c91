import { Anchor, Modal, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { SignInForm } from '../features/admin/sign-in-form.tsx';
import { useMe } from '../features/admin/use-me.ts';
import { clearSessionEnd, useSessionEnded } from '../lib/session-end.ts';

/** The session ended under an open page: signing in happens over it, so that nothing typed is lost. */
export function SessionDialog() {
  const ended = useSessionEnded();
  const me = useMe();
  const queryClient = useQueryClient();
  if (!me) return null;
  const resume = async () => {
    clearSessionEnd();
    await queryClient.invalidateQueries();
  };
  return (
    <Modal
      opened={ended}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={<Text fw={600}>Your session has ended</Text>}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          Sign in to go on. What you typed on this page is still here.
        </Text>
        <SignInForm email={me.email} onSignedIn={resume} />
        <Anchor href="/sign-in" size="sm">
          Use another account
        </Anchor>
      </Stack>
    </Modal>
  );
}
