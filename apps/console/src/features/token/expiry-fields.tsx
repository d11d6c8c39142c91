import type { Policy } from '@latchkey/api/schemas';
import { Alert, Chip, Group, Input, Stack, Text, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useId } from '@mantine/hooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import { localTimeZone } from '../../lib/zoned-time.ts';
import { expiryPresets, formatSeconds } from '../policy/expiry-presets.ts';
import { type ExpiryValue, resolveExpiry, toLocalInput } from './expiry-choice.ts';

interface ExpiryFieldsProps {
  form: UseFormReturnType<ExpiryValue>;
  policy: Policy['expiry'];
  /** The moment the form was opened: what "30 days" counts from. */
  now: number;
  /** Given in settings: what is stored. `undefined` when creating. */
  stored?: string | null;
  disabled?: boolean;
}

// Choices that are no preset; names of presets are words, so nothing can be called like these.
const CUSTOM = ':custom';
const KEEP = ':keep';

export function ExpiryFields({ form, policy, now, stored, disabled = false }: ExpiryFieldsProps) {
  const labelId = useId();
  const value = form.getValues();
  const presets = expiryPresets(policy);
  const at = resolveExpiry(value, presets, now, stored);
  const chosen = { preset: value.preset, custom: CUSTOM, keep: KEEP }[value.kind];
  const choose = (choice: string | string[]) => form.setValues(toValue(String(choice), value, at ?? now + 90 * 86_400_000));
  const offered = presets.filter(({ seconds }) => !(stored === null && seconds === null));
  return (
    <Stack gap="sm">
      <div>
        <Input.Label id={labelId}>{stored === undefined ? 'Expires in' : 'New expiry'}</Input.Label>
        <Chip.Group multiple={false} value={chosen} onChange={choose}>
          <Group gap="xs" mt={4} role="radiogroup" aria-labelledby={labelId}>
            {stored !== undefined && (
              <Chip value={KEEP} disabled={disabled}>
                {stored === null ? 'Never (unchanged)' : 'Unchanged'}
              </Chip>
            )}
            {offered
              .filter(({ seconds }) => seconds !== null)
              .map((preset) => (
                <Chip key={preset.name} value={preset.name} disabled={disabled}>
                  {preset.label}
                </Chip>
              ))}
            <Chip value={CUSTOM} disabled={disabled}>
              Custom
            </Chip>
            {offered
              .filter(({ seconds }) => seconds === null)
              .map((preset) => (
                <Chip key={preset.name} value={preset.name} disabled={disabled}>
                  {preset.label}
                </Chip>
              ))}
          </Group>
        </Chip.Group>
      </div>
      {value.kind === 'custom' && (
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
      {policy.maxSeconds !== null && (
        <Text size="xs" c="dimmed">
          Tokens here live {formatSeconds(policy.maxSeconds)} at most.
        </Text>
      )}
    </Stack>
  );
}

/** A custom date starts from what was chosen before, so that it only needs adjusting. */
function toValue(choice: string, { custom }: ExpiryValue, at: number): Partial<ExpiryValue> {
  if (choice === KEEP) return { kind: 'keep' };
  if (choice === CUSTOM) return { kind: 'custom', custom: custom === '' ? toLocalInput(at) : custom };
  return { kind: 'preset', preset: choice };
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
