import { Stack, Textarea, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { AboutValues } from './about-form.ts';

export function AboutFields({ form, disabled = false }: { form: UseFormReturnType<AboutValues>; disabled?: boolean }) {
  return (
    <Stack gap="md">
      <TextInput
        label="Name"
        description="Who or what uses it: a service, a partner, a job."
        placeholder="ci-deploy"
        withAsterisk
        maxLength={255}
        autoComplete="off"
        data-1p-ignore
        disabled={disabled}
        {...form.getInputProps('name')}
      />
      <Textarea
        label="Description"
        placeholder="What it is for, and whom to ask about it"
        autosize
        minRows={2}
        maxRows={8}
        disabled={disabled}
        {...form.getInputProps('description')}
      />
    </Stack>
  );
}
