import { Group, NumberInput, Radio, Select, Stack } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { LimitValues } from './limit-form.ts';
import { formatWindow, joinWindow } from './limit-window.ts';

const UNITS = ['second', 'minute', 'hour', 'day'];

/** Requests per window, and how the window moves. */
export function LimitFields({ form, disabled = false }: { form: UseFormReturnType<LimitValues>; disabled?: boolean }) {
  const { unit, count } = form.getValues();
  const units = unit === 'millisecond' ? ['millisecond', ...UNITS] : UNITS;
  const windowText = typeof count === 'number' && count > 0 ? formatWindow(joinWindow(count, unit)) : unit;
  return (
    <Stack gap="md">
      <Group align="flex-start" gap={8}>
        <NumberInput
          label="Requests"
          w={120}
          min={1}
          allowDecimal={false}
          thousandSeparator=","
          disabled={disabled}
          {...form.getInputProps('max')}
        />
        <NumberInput label="Per" w={76} min={1} allowDecimal={false} disabled={disabled} {...form.getInputProps('count')} />
        <Select
          label="Unit"
          w={116}
          data={units.map((value) => ({ value, label: count === 1 ? value : `${value}s` }))}
          allowDeselect={false}
          disabled={disabled}
          {...form.getInputProps('unit')}
        />
      </Group>
      <Radio.Group label="Window" {...form.getInputProps('algorithm')}>
        <Stack gap="xs" mt={6}>
          <Radio
            value="fixed"
            label="Fixed"
            description={`Opens with the first request; after one ${windowText} the count starts again.`.replace(/one (\d)/, '$1')}
            disabled={disabled}
          />
          <Radio
            value="sliding"
            label="Sliding"
            description={`Looks back over the last ${windowText} at every moment: no burst where two windows meet.`}
            disabled={disabled}
          />
        </Stack>
      </Radio.Group>
    </Stack>
  );
}
