import type { Token } from '@latchkey/api/schemas';
import { Alert, Grid, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useBlocker, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { LimitFields } from '../../features/limit/limit-fields.tsx';
import { joinWindow } from '../../features/limit/limit-window.ts';
import { AboutFields } from '../../features/token/about-fields.tsx';
import { AccessFields } from '../../features/token/access-fields.tsx';
import { resolveExpiry } from '../../features/token/expiry-choice.ts';
import { ExpiryFields } from '../../features/token/expiry-fields.tsx';
import { focusFirstError } from '../../features/token/place-field-errors.ts';
import { type CreatedSecret, SecretDialog } from '../../features/token/secret-dialog.tsx';
import { summarySentence } from '../../features/token/summary-sentence.ts';
import { useInvalidateTokens } from '../../features/token/token-cache.ts';
import { tokenName } from '../../features/token/token-name.ts';
import { useCreateToken } from '../../features/token/use-create-token.ts';
import { readRequestError } from '../../lib/request-error.ts';
import { SectionCard } from '../../ui/section-card.tsx';
import { SubmitButton } from '../../ui/submit-button.tsx';
import { UnsavedGuard } from '../../ui/unsaved-guard.tsx';
import { type Environment, type NewTokenForm as Form, placeServerErrors, readNewToken, useNewTokenForm } from './use-new-token-form.ts';

/** Everything about a new token on one page, with a sentence that says what it adds up to. */
export function NewTokenForm({ source }: { source: Token | null }) {
  const form = useNewTokenForm(source);
  const { created, failure, isPending, submit, finish } = useCreation(form);
  return (
    <>
      <form onSubmit={submit} noValidate aria-label="Create token">
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, md: 8 }}>
            <Sections form={form} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 4 }}>
            <Review form={form} failure={failure} isPending={isPending} />
          </Grid.Col>
        </Grid>
      </form>
      <UnsavedGuard dirty={!created && isTouched(form)} />
      {created && <GuardedSecret created={created} onClose={finish} />}
    </>
  );
}

/** Creates the token and holds its secret until the dialog is closed; only then are lists fetched anew. */
function useCreation(form: Form) {
  const [created, setCreated] = useState<CreatedSecret | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const { mutateAsync, isPending, reset } = useCreateToken();
  const invalidate = useInvalidateTokens();
  const navigate = useNavigate();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const element = event.currentTarget;
    const input = readNewToken(form);
    setFailure(null);
    if (!input) return focusFirstError(element);
    if (isPending) return;
    try {
      const { token } = await mutateAsync(input);
      setCreated({
        id: token.id,
        name: tokenName(token),
        secret: token.token,
        allowedEndpoints: token.allowedEndpoints,
        createdAt: token.createdAt,
      });
      reset();
    } catch (error) {
      if (placeServerErrors(form, error)) focusFirstError(element);
      else setFailure(readRequestError(error).message);
    }
  }
  async function finish() {
    const id = created?.id;
    setCreated(null);
    void invalidate();
    if (id !== undefined) await navigate({ to: '/api-tokens/$tokenId', params: { tokenId: String(id) }, ignoreBlocker: true });
  }
  return { created, failure, isPending, submit, finish };
}

function Sections({ form }: { form: Form }) {
  return (
    <Stack gap="lg">
      <SectionCard title="Name and purpose">
        <Stack gap="md">
          <AboutFields form={form.about} />
          <EnvironmentChoice value={form.environment} onChange={form.setEnvironment} />
        </Stack>
      </SectionCard>
      <SectionCard title="Endpoints" description="What it may call.">
        <AccessFields form={form.access} />
      </SectionCard>
      <SectionCard title="Rate limit" description="How often it may call.">
        <LimitFields form={form.limit} />
      </SectionCard>
      <SectionCard title="Expiry" description="How long it may call.">
        <ExpiryFields form={form.expiry} now={form.openedAt} />
      </SectionCard>
    </Stack>
  );
}

function EnvironmentChoice({ value, onChange }: { value: Environment; onChange: (value: Environment) => void }) {
  return (
    <Stack gap={4} align="flex-start">
      <Text size="sm" fw={500} id="environment-label">
        Environment
      </Text>
      <SegmentedControl
        aria-labelledby="environment-label"
        data={[
          { value: 'live', label: 'Live' },
          { value: 'test', label: 'Test' },
        ]}
        value={value}
        onChange={(next) => onChange(next as Environment)}
      />
      <Text size="xs" c="dimmed">
        The secret will begin with <code>lk_{value}_</code>, so that everybody sees what it is for.
      </Text>
    </Stack>
  );
}

/** Beside the form on wide screens, under it on narrow ones. */
function Review({ form, failure, isPending }: { form: Form; failure: string | null; isPending: boolean }) {
  return (
    <div style={{ position: 'sticky', top: 88 }}>
      <SectionCard title="Summary">
        <Stack gap="md">
          <Text size="sm" className="lk-wrap" aria-live="polite" data-testid="summary">
            {summaryOf(form)}
          </Text>
          {failure && (
            <Alert color="red" variant="light" title="Nothing was created" role="alert">
              {failure}
            </Alert>
          )}
          <Group gap="xs">
            <SubmitButton loading={isPending}>Create token</SubmitButton>
          </Group>
          <Text size="xs" c="dimmed">
            The secret is shown once, on the next screen.
          </Text>
        </Stack>
      </SectionCard>
    </div>
  );
}

function isTouched({ about, access, limit, expiry }: Form): boolean {
  return about.isDirty() || access.isDirty() || limit.isDirty() || expiry.isDirty();
}

function summaryOf({ access, limit, expiry, openedAt }: Form): string {
  const { reach, patterns } = access.getValues();
  const { max, count, unit } = limit.getValues();
  return summarySentence({
    patterns: reach === 'every' ? null : patterns.map(({ text }) => text),
    rateLimit: typeof max === 'number' ? max : null,
    windowMs: joinWindow(Number(count) || 1, unit),
    expiresAt: resolveExpiry(expiry.getValues(), openedAt),
  });
}

/** The dialog, and a guard on the way back: a press on "Back" must not throw the secret away. */
function GuardedSecret({ created, onClose }: { created: CreatedSecret; onClose: () => void }) {
  const [unsaved, setUnsaved] = useState(true);
  useBlocker({ shouldBlockFn: () => unsaved, enableBeforeUnload: false });
  return <SecretDialog created={created} onClose={onClose} onUnsavedChange={setUnsaved} />;
}
