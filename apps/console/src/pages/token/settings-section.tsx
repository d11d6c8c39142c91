import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { Disclosure } from '../../ui/disclosure.tsx';
import { SectionCard } from '../../ui/section-card.tsx';
import { SubmitButton } from '../../ui/submit-button.tsx';
import { UnsavedGuard } from '../../ui/unsaved-guard.tsx';
import type { Section } from './use-section-form.ts';

interface SettingsFormProps<Values> {
  title: string;
  section: Section<Values>;
  readOnly: boolean;
  children: ReactNode;
}

interface SettingsSectionProps<Values> extends SettingsFormProps<Values> {
  description?: string;
}

/** A card of fields with their own "Save". */
export function SettingsSection<Values>({ description, ...form }: SettingsSectionProps<Values>) {
  return (
    <SectionCard title={form.title} description={description}>
      <SettingsForm {...form} />
    </SectionCard>
  );
}

/** Fields with their own "Save": nothing says saved before the server does. */
export function SettingsForm<Values>({ title, section, readOnly, children }: SettingsFormProps<Values>) {
  const { form, submit, reset, isPending, isSaved, failure } = section;
  const dirty = form.isDirty();
  return (
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
  );
}

interface FoldedSettingsProps<Values> extends SettingsFormProps<Values> {
  /** How it stands, in a few words. */
  summary: string;
}

/** Fields that few tokens need, behind a line that says how they stand. What was typed stays while they are folded away. */
export function FoldedSettings<Values>({ summary, children, ...form }: FoldedSettingsProps<Values>) {
  const [opened, setOpened] = useState(false);
  const dirty = form.section.form.isDirty();
  return (
    <>
      {!opened && !form.readOnly && <UnsavedGuard dirty={dirty} />}
      <Disclosure
        title={form.title}
        summary={dirty ? 'Not saved yet' : summary}
        opened={opened}
        onToggle={() => setOpened((current) => !current)}
      >
        <SettingsForm {...form}>{children}</SettingsForm>
      </Disclosure>
    </>
  );
}
