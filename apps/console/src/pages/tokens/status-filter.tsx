import { Chip, Group } from '@mantine/core';
import { formatCount } from '../../lib/format.ts';
import type { Outputs } from '../../lib/trpc.ts';
import type { TokenStatus } from './tokens-search.ts';

const STATES = [
  { value: 'active', label: 'Active' },
  { value: 'disabled', label: 'Disabled' },
  { value: 'expired', label: 'Expired' },
  { value: 'revoked', label: 'Revoked' },
] as const;

interface StatusFilterProps {
  value: TokenStatus[];
  counts: Outputs['token']['list']['counts'] | undefined;
  onChange: (value: TokenStatus[]) => void;
}

/** States to show, with how many tokens are in each; none chosen: all. */
export function StatusFilter({ value, counts, onChange }: StatusFilterProps) {
  const toggle = (state: TokenStatus) => onChange(value.includes(state) ? value.filter((each) => each !== state) : [...value, state]);
  return (
    <Group gap={6} role="group" aria-label="Status">
      <Chip size="sm" radius="xl" checked={value.length === 0} onChange={() => onChange([])}>
        All{counts && ` ${formatCount(counts.all)}`}
      </Chip>
      {STATES.map((state) => (
        <Chip key={state.value} size="sm" radius="xl" checked={value.includes(state.value)} onChange={() => toggle(state.value)}>
          {state.label}
          {counts && ` ${formatCount(counts[state.value])}`}
        </Chip>
      ))}
    </Group>
  );
}
