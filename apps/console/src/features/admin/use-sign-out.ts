import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { signOut } from '../../lib/auth.ts';

/** Ends the session, forgets what was loaded, and shows the sign-in. */
export function useSignOut(): () => Promise<void> {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return async () => {
    if (!(await signOut())) {
      notifications.show({ color: 'red', title: 'Not signed out', message: 'Latchkey did not confirm it. Try again.' });
      return;
    }
    // The pages that ask for data are gone before it is: nothing is asked for again without a session.
    await navigate({ to: '/sign-in', search: {} });
    queryClient.clear();
  };
}
