import { Textarea } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { MetadataValues } from './metadata-form.ts';

/** What a program wants to know about a token: handed to it by verify, never shown to the token's holder. */
export function MetadataFields({ form, disabled = false }: { form: UseFormReturnType<MetadataValues>; disabled?: boolean }) {
  return (
    <Textarea
      label="Metadata"
      description="A JSON object for your own programs. Put no secrets into it."
      placeholder={'{ "team": "payments" }'}
      autosize
      minRows={3}
      maxRows={14}
      spellCheck={false}
      disabled={disabled}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      {...form.getInputProps('metadata')}
    />
  );
}
