import { Group, NativeSelect, NumberInput, Stack, Switch } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { QuotaValues } from './quota-form.ts';

interface QuotaFieldsProps {
  form: UseFormReturnType<QuotaValues>;
  disabled?: boolean;
  /** In settings: requests go on while the form is open. */
  inUse?: boolean;
}

/** How many requests in all, and whether there are more of them later. */
export function QuotaFields({ form, disabled = false, inUse = false }: QuotaFieldsProps) {
  const { enabled, refilled, count, unit } = form.getValues();
  const units = ['second', 'minute', 'hour', 'day'];
  return (
    <Stack gap="md">
      <Switch
        label="Allow a number of requests in all"
        description="When they are used up, every further one is refused."
        disabled={disabled}
        {...form.getInputProps('enabled', { type: 'checkbox' })}
      />
      {enabled && (
        <>
          <NumberInput
            label="Requests left"
            description={inUse ? 'As it was when this page was opened. A number changed here sets the quota anew.' : undefined}
            w={240}
            maw="100%"
            min={0}
            allowDecimal={false}
            thousandSeparator=","
            disabled={disabled}
            {...form.getInputProps('remaining')}
          />
          <Switch
            label="Refill it"
            description="It is set to the amount, whatever is left: what was not used does not pile up."
            disabled={disabled}
            {...form.getInputProps('refilled', { type: 'checkbox' })}
          />
        </>
      )}
      {enabled && refilled && (
        <Group align="flex-start" gap={8}>
          <NumberInput
            label="Refill to"
            w={150}
            min={1}
            allowDecimal={false}
            thousandSeparator=","
            disabled={disabled}
            {...form.getInputProps('refillAmount')}
          />
          <NumberInput label="Every" w={76} min={1} allowDecimal={false} disabled={disabled} {...form.getInputProps('count')} />
          <NativeSelect
            label="Unit"
            w={116}
            data={(unit === 'millisecond' ? ['millisecond', ...units] : units).map((value) => ({
              value,
              label: count === 1 ? value : `${value}s`,
            }))}
            disabled={disabled}
            {...form.getInputProps('unit')}
          />
        </Group>
      )}
    </Stack>
  );
}
