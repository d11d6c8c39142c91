import { TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { localTimeZone } from '../../lib/zoned-time.ts';
import type { StartValues } from './start-form.ts';

/** From when on a token works. */
export function StartFields({ form, disabled = false }: { form: UseFormReturnType<StartValues>; disabled?: boolean }) {
  return (
    <TextInput
      type="datetime-local"
      label="Not before"
      description={`Until then every request is refused. Empty: it works at once. In your time zone, ${localTimeZone()}.`}
      w={260}
      maw="100%"
      disabled={disabled}
      {...form.getInputProps('notBefore')}
    />
  );
}
