import { Group, Text } from '@mantine/core';

/** The number with the colour that its class has in every chart; `null`: a proxy gave the answer, and counts as having gone well. */
export function StatusCode({ status }: { status: number | null }) {
  return (
    <Group gap={6} wrap="nowrap" component="span" display="inline-flex">
      <span
        className="lk-swatch"
        aria-hidden
        style={{ width: 9, height: 9, borderRadius: 3, background: `var(--lk-${colorOf(status)})`, flexShrink: 0 }}
      />
      <Text span size="sm" fw={500} className="lk-tabular">
        {status ?? 'at proxy'}
      </Text>
    </Group>
  );
}

function colorOf(status: number | null): string {
  if (status === null) return 'ok';
  if (status >= 500) return 'server-error';
  if (status === 429) return 'rate-limited';
  return status >= 400 ? 'client-error' : 'ok';
}
