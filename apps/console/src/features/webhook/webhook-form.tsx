import { createWebhookInputSchema, EVENT_TYPES, type EventType } from '@latchkey/api/schemas';
import { Alert, Button, Checkbox, Code, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useRef, useState } from 'react';
import { readRequestError } from '../../lib/request-error.ts';
import { SubmitButton } from '../../ui/submit-button.tsx';
import { focusFirstError, placeFieldErrors } from '../token/place-field-errors.ts';
import type { Webhook } from './webhook-state.tsx';

export interface WebhookFields {
  url: string;
  description: string | null;
  eventTypes: EventType[] | null;
}

interface WebhookFormDialogProps {
  title: string;
  submitLabel: string;
  /** What it is now; absent: a new one. */
  webhook?: Webhook;
  /** Rejects with what the server refused. */
  onSubmit: (fields: WebhookFields) => Promise<unknown>;
  onClose: () => void;
}

/** Where events go, and which of them. */
export function WebhookFormDialog({ title, onClose, ...form }: WebhookFormDialogProps) {
  return (
    <Modal opened onClose={onClose} title={<Text fw={600}>{title}</Text>} size="lg">
      <WebhookForm {...form} onClose={onClose} />
    </Modal>
  );
}

interface Values {
  url: string;
  description: string;
  scope: 'all' | 'chosen';
  eventTypes: string[];
}

const TYPES = Object.entries(EVENT_TYPES) as [EventType, string][];
const FIELDS = { url: 'url', description: 'description', eventTypes: 'eventTypes' } as const;

function WebhookForm({ webhook, submitLabel, onSubmit, onClose }: Omit<WebhookFormDialogProps, 'title'>) {
  const [failure, setFailure] = useState<string | null>(null);
  const element = useRef<HTMLFormElement>(null);
  const initialValues: Values = {
    url: webhook?.url ?? '',
    description: webhook?.description ?? '',
    scope: webhook?.eventTypes ? 'chosen' : 'all',
    eventTypes: webhook?.eventTypes ?? [],
  };
  const form = useForm<Values>({ mode: 'controlled', initialValues, validate: findErrors, validateInputOnBlur: ['url'] });
  const submit = form.onSubmit(
    async (values) => {
      setFailure(null);
      try {
        await onSubmit(toFields(values));
        onClose();
      } catch (error) {
        if (placeFieldErrors(form, error, FIELDS) === 0) setFailure(readRequestError(error).message);
        focusFirstError(element.current);
      }
    },
    () => focusFirstError(element.current),
  );
  return (
    <form ref={element} onSubmit={submit} noValidate>
      <Stack>
        {failure && (
          <Alert color="red" variant="light" role="alert">
            {failure}
          </Alert>
        )}
        <TextInput
          {...form.getInputProps('url')}
          label="Address"
          description="Events are posted here as JSON."
          placeholder="https://example.com/hooks/latchkey"
          type="url"
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
        <TextInput
          {...form.getInputProps('description')}
          label="Description"
          description="What you call it; shown instead of the host."
          autoComplete="off"
          maxLength={255}
        />
        <Radio.Group {...form.getInputProps('scope')} label="Send">
          <Stack gap={8} mt={6}>
            <Radio value="all" label="Every event" description="Also kinds that later versions add." />
            <Radio value="chosen" label="Chosen events" />
          </Stack>
        </Radio.Group>
        {form.values.scope === 'chosen' && (
          <Checkbox.Group {...form.getInputProps('eventTypes')} aria-label="Events">
            <Stack gap={10}>
              {TYPES.map(([type, description]) => (
                <Checkbox key={type} value={type} label={<Code>{type}</Code>} description={description} size="sm" />
              ))}
            </Stack>
          </Checkbox.Group>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <SubmitButton loading={form.submitting}>{submitLabel}</SubmitButton>
        </Group>
      </Stack>
    </form>
  );
}

function toFields({ url, description, scope, eventTypes }: Values): WebhookFields {
  const chosen = TYPES.map(([type]) => type).filter((type) => eventTypes.includes(type));
  return { url: url.trim(), description: description.trim() || null, eventTypes: scope === 'all' ? null : chosen };
}

function findErrors(values: Values): Partial<Record<keyof Values, string>> {
  const { error } = createWebhookInputSchema.safeParse(toFields(values));
  const faults = Object.fromEntries((error?.issues ?? []).map(({ path, message }) => [String(path[0]), message]));
  return values.scope === 'chosen' && values.eventTypes.length === 0 ? { ...faults, eventTypes: 'Choose at least one event.' } : faults;
}
