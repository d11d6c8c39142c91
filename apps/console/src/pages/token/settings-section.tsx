import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { SectionCard } from '../../ui/section-card.tsx';
import { SubmitButton } from '../../ui/submit-button.tsx';
import { UnsavedGuard } from '../../ui/unsaved-guard.tsx';
import type { Section } from './use-section-form.ts';

interface SettingsSectionProps<Values> {
  title: string;
  description?: string;
  section: Section<Values>;
  readOnly: boolean;
  children: ReactNode;
}

/** Fields with their own "Save": nothing says saved before the server does. */
export function SettingsSection<Values>({ title, description, section, readOnly, children }: SettingsSectionProps<Values>) {
  const { form, submit, reset, isPending, isSaved, failure } = section;
  const dirty = form.isDirty();
  return (
    <SectionCard title={title} description={description}>
      <form onSubmit={submit} noValidate aria-label={title}>
        {!readOnly && <UnsavedGuard dirty={dirty} />}
        <Stack gap="md">
          {children}
          {failure && (
            <Alert color="red" variant="light" title="Not saved" role="alert">
              {failure}
            </Alert>
          )}
          {!readOnly && (
            <Group gap="xs">
              <SubmitButton size="sm" loading={isPending} disabled={!dirty}>
                Save
              </SubmitButton>
              {dirty && (
                <Button size="sm" variant="subtle" onClick={reset} disabled={isPending}>
                  Discard
                </Button>
              )}
              <Text size="sm" c="var(--lk-good)" role="status">
                {isSaved && !dirty && (
                  <Group gap={4} component="span">
                    <IconCheck size={16} aria-hidden /> Saved
                  </Group>
                )}
              </Text>
            </Group>
          )}
        </Stack>
      </form>
    </SectionCard>
  );
}
