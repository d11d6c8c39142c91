import { Center } from '@mantine/core';
import { Logo } from '../ui/logo.tsx';

/** Before it is known who is there: shown only where that takes longer than a moment. */
export function StartingPage() {
  return (
    <Center mih="100dvh" role="status" aria-label="Loading Latchkey">
      <Logo />
    </Center>
  );
}
