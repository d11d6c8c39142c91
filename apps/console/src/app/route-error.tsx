import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { CenteredPage } from '../ui/centered-page.tsx';
import { ErrorState } from '../ui/states.tsx';

/** Whatever a page did not handle itself. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return (
    <CenteredPage title="This page could not be shown">
      <ErrorState error={error} onRetry={retry} title="What happened" />
    </CenteredPage>
  );
}
