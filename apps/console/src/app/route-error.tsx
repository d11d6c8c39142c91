import { Box } from '@mantine/core';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { ErrorState } from '../ui/states.tsx';

/** Whatever a page did not handle itself. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return (
    <Box p="lg" maw={720} mx="auto">
      <ErrorState error={error} onRetry={retry} title="This page could not be shown" />
    </Box>
  );
}
