import { TagsInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { AddressValues } from './address-form.ts';

/** From where a token may be used. */
export function AddressFields({ form, disabled = false }: { form: UseFormReturnType<AddressValues>; disabled?: boolean }) {
  const { onChange, ...input } = form.getInputProps('addresses');
  return (
    <TagsInput
      label="Addresses"
      description="IPv4 or IPv6 addresses and CIDR ranges, such as 203.0.113.7 or 10.0.0.0/8. None: it may be used from anywhere."
      placeholder={form.getValues().addresses.length === 0 ? '10.0.0.0/8' : undefined}
      splitChars={[',', ' ']}
      acceptValueOnBlur
      clearable={!disabled}
      clearButtonProps={{ 'aria-label': 'Remove all addresses' }}
      disabled={disabled}
      {...input}
      onChange={(addresses) => {
        onChange(addresses);
        void form.validateField('addresses');
      }}
    />
  );
}
