import { Alert, Chip, Group, Input, Stack, Text, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useId } from '@mantine/hooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import { localTimeZone } from '../../lib/zoned-time.ts';
import { EXPIRY_PRESETS, type ExpiryChoice, type ExpiryValue, resolveExpiry, toLocalInput } from './expiry-choice.ts';

interface ExpiryFieldsProps {
  form: UseFormReturnType<ExpiryValue>;
  /** The moment the form was opened: what "30 days" counts from. */
  now: number;
  /** Given in settings: what is stored. `undefined` when creating. */
  stored?: string | null;
  disabled?: boolean;
}

export function ExpiryFields({ form, now, stored, disabled = false }: ExpiryFieldsProps) {
  const labelId = useId();
  const value = form.getValues();
  const at = resolveExpiry(value, now, stored);
  const choose = (choice: string | string[]) => {
    // A custom date starts from what was chosen before, so that it only needs adjusting.
    if (choice === 'custom' && value.custom === '') form.setFieldValue('custom', toLocalInput(at ?? now + 90 * 86_400_000));
    form.setFieldValue('choice', choice as ExpiryChoice);
  };
  return (
    <Stack gap="sm">
      <div>
        <Input.Label id={labelId}>{stored === undefined ? 'Expires in' : 'New expiry'}</Input.Label>
        <Chip.Group multiple={false} value={value.choice} onChange={choose}>
          <Group gap="xs" mt={4} role="radiogroup" aria-labelledby={labelId}>
            {stored !== undefined && (
              <Chip value="keep" disabled={disabled}>
                {stored === null ? 'Never (unchanged)' : 'Unchanged'}
              </Chip>
            )}
            {EXPIRY_PRESETS.filter((preset) => !(stored === null && preset.value === 'never')).map((preset) => (
              <Chip key={preset.value} value={preset.value} disabled={disabled}>
                {preset.label}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      </div>
      {value.choice === 'custom' && (
        <TextInput
          type="datetime-local"
          label="Expires at"
          description={`In your time zone, ${localTimeZone()}.`}
          w={260}
          maw="100%"
          disabled={disabled}
          {...form.getInputProps('custom')}
        />
      )}
      {!(disabled && at === null) && <Resolved at={at} now={now} />}
    </Stack>
  );
}

function Resolved({ at, now }: { at: number | null | undefined; now: number }) {
  if (at === undefined) return null;
  if (at === null) {
    return (
      <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={18} aria-hidden />} p="xs">
        A token that never expires stays dangerous for as long as a copy of it exists. Prefer a date, and extend it when needed.
      </Alert>
    );
  }
  return (
    <Text size="sm" c="dimmed" aria-live="polite">
      {at <= now ? 'Expired since' : 'Until'} <b>{inZone(at)}</b>
      {inZone(at) !== inZone(at, 'UTC') && ` · ${inZone(at, 'UTC')}`}
    </Text>
  );
}

function inZone(at: number, timeZone?: string): string {
  const format: Intl.DateTimeFormatOptions = {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone,
  };
  return new Intl.DateTimeFormat('en-GB', format).format(at);
}
