import { Group, Text } from '@mantine/core';

/** The number with the colour that its class has in every chart. */
export function StatusCode({ status }: { status: number }) {
  return (
    <Group gap={6} wrap="nowrap" component="span" display="inline-flex">
      <span
        className="lk-swatch"
        aria-hidden
        style={{ width: 9, height: 9, borderRadius: 3, background: `var(--lk-${colorOf(status)})`, flexShrink: 0 }}
      />
      <Text span size="sm" fw={500} className="lk-tabular">
        {status}
      </Text>
    </Group>
  );
}

function colorOf(status: number): string {
  if (status >= 500) return 'server-error';
  if (status === 429) return 'rate-limited';
  return status >= 400 ? 'client-error' : 'ok';
}
