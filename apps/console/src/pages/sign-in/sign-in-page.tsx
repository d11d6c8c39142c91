import { useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { SignInForm } from '../../features/admin/sign-in-form.tsx';
import { clearSessionEnd } from '../../lib/session-end.ts';
import { CenteredPage } from '../../ui/centered-page.tsx';

export function SignInPage() {
  const { returnTo } = useSearch({ from: '/sign-in' });
  const queryClient = useQueryClient();
  const router = useRouter();
  const enter = () => {
    clearSessionEnd();
    // What an earlier account had loaded is not this one's to see.
    queryClient.clear();
    router.history.push(returnTo ?? '/');
  };
  return (
    <CenteredPage title="Sign in" description="To the console that manages this API’s tokens.">
      <SignInForm onSignedIn={enter} />
    </CenteredPage>
  );
}
