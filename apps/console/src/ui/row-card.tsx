import { Group } from '@mantine/core';
import type { ReactNode } from 'react';

/** First line of what narrow screens show of a row: what it is, and at the right its state or its menu. */
export function CardHead({ children }: { children: ReactNode }) {
  return (
    <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
      {children}
    </Group>
  );
}

/** A further line of it: two facts at its ends, below each other where they do not fit. */
export function CardLine({ children }: { children: ReactNode }) {
  return (
    <Group justify="space-between" gap="sm">
      {children}
    </Group>
  );
}
