import { Group, Text } from '@mantine/core';

export function Logo() {
  return (
    <Group gap={10} wrap="nowrap">
      <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="var(--mantine-color-indigo-7)" />
        <g fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round">
          <circle cx="12" cy="12" r="4.6" />
          <path d="m15.4 15.4 8.1 8.1M19.6 19.6l3-3" />
        </g>
      </svg>
      <Text fw={700} fz={17} span style={{ letterSpacing: '-0.01em' }}>
        Latchkey
      </Text>
    </Group>
  );
}
