import { Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { trpc } from '../../lib/trpc.ts';
import { CenteredPage } from '../../ui/centered-page.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { ErrorState, LoadingBlock } from '../../ui/states.tsx';
import { readSetupToken } from './read-setup-token.ts';
import { SetupForm } from './setup-form.tsx';

/** First run: makes the first administrator. */
export function SetupPage() {
  const [linkToken] = useState(() => readSetupToken(window.location.hash));
  const state = trpc.admin.setupState.useQuery(undefined, { staleTime: 0 });
  useEffect(forgetFragment, []);
  if (state.isPending) {
    return (
      <CenteredPage title="Set up Latchkey">
        <LoadingBlock height={320} />
      </CenteredPage>
    );
  }
  if (state.error) {
    return (
      <CenteredPage title="Set up Latchkey">
        <ErrorState error={state.error} onRetry={() => void state.refetch()} />
      </CenteredPage>
    );
  }
  return state.data.needed ? <FirstAccount linkToken={linkToken} /> : <AlreadyDone />;
}

/** The token must not stay in the address bar, the history or a screenshot. */
function forgetFragment(): void {
  if (window.location.hash) window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
}

function FirstAccount({ linkToken }: { linkToken: string | null }) {
  return (
    <CenteredPage
      title="Set up Latchkey"
      description="You are the first here: make the administrator’s account. More people can be added later."
    >
      <SetupForm linkToken={linkToken} />
    </CenteredPage>
  );
}

function AlreadyDone() {
  return (
    <CenteredPage title="Latchkey is set up">
      <Stack>
        <Text size="sm">There is an administrator already, so this link does nothing any more. Ask them to add you, or sign in.</Text>
        <LinkButton to="/sign-in" search={{}}>
          Sign in
        </LinkButton>
      </Stack>
    </CenteredPage>
  );
}
