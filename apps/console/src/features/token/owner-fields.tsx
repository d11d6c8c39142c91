import type { Policy } from '@latchkey/api/schemas';
import { Autocomplete, Group, Stack, Text, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { formatExact } from '../../lib/format.ts';
import { trpc } from '../../lib/trpc.ts';
import { namedOwnerTypes, ownerRuleOf } from '../policy/owner-rule.ts';
import { type OwnerValues, ownerInput, ownerSchema } from './owner-form.ts';

/** Whose token it is: a type and an id in the host's own words. */
export function OwnerFields({ form, policy }: { form: UseFormReturnType<OwnerValues>; policy: Policy }) {
  return (
    <Stack gap="xs">
      <Group align="flex-start" gap="sm" wrap="wrap">
        <Autocomplete
          label="Owner type"
          placeholder="user"
          data={namedOwnerTypes(policy)}
          flex="1 1 160px"
          maw={220}
          autoComplete="off"
          spellCheck={false}
          {...form.getInputProps('ownerType')}
        />
        <TextInput
          label="Owner id"
          placeholder="42"
          flex="1 1 200px"
          autoComplete="off"
          spellCheck={false}
          data-1p-ignore
          {...form.getInputProps('ownerId')}
        />
      </Group>
      <OwnerShare values={form.getValues()} policy={policy} />
    </Stack>
  );
}

/** How many tokens that owner has already, and may have. */
function OwnerShare({ values, policy }: { values: OwnerValues; policy: Policy }) {
  const [{ ownerType, ownerId }] = useDebouncedValue(ownerInput(values), 300);
  const complete = ownerType !== undefined && ownerId !== undefined && ownerSchema.safeParse({ ownerType, ownerId }).success;
  const list = trpc.token.list.useQuery({ ownerType, ownerId, limit: 1 }, { enabled: complete });
  const most = ownerRuleOf(policy, ownerType ?? null)?.maxTokens ?? null;
  const counts = complete ? list.data?.counts : undefined;
  // One that is switched off can be switched on again: it counts.
  const active = counts && counts.active + counts.disabled;
  const full = active !== undefined && most !== null && active >= most;
  return (
    <Text size="sm" c={full ? 'var(--mantine-color-error)' : 'dimmed'} role="status">
      {active === undefined ? 'Optional. Tokens of one owner can be listed, limited and ended together.' : describeShare(active, most)}
    </Text>
  );
}

/** `3 of 10 active tokens.` */
export function describeShare(active: number, most: number | null): string {
  if (most === null) return active === 0 ? 'No active token yet.' : `${formatExact(active)} active ${active === 1 ? 'token' : 'tokens'}.`;
  const share = `${formatExact(active)} of ${formatExact(most)} active tokens.`;
  return active >= most ? `${share} This owner can have no more: revoke one first.` : share;
}
