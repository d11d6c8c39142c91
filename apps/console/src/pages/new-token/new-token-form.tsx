import type { Policy, Token } from '@latchkey/api/schemas';
import { Alert, Grid, Group, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { LimitFields } from '../../features/limit/limit-fields.tsx';
import { joinWindow } from '../../features/limit/limit-window.ts';
import { listRates } from '../../features/limit/named-limit-form.ts';
import { describeQuotaValues } from '../../features/limit/quota-form.ts';
import type { OwnerRef } from '../../features/owner/owner-ref.ts';
import { expiryPresets } from '../../features/policy/expiry-presets.ts';
import { AboutFields } from '../../features/token/about-fields.tsx';
import { AccessFields } from '../../features/token/access-fields.tsx';
import { describeOwner } from '../../features/token/describe-part.ts';
import { resolveExpiry } from '../../features/token/expiry-choice.ts';
import { ExpiryFields } from '../../features/token/expiry-fields.tsx';
import { GuardedSecret } from '../../features/token/guarded-secret.tsx';
import { KindFields } from '../../features/token/kind-fields.tsx';
import { ownerInput } from '../../features/token/owner-form.ts';
import { permissionInput } from '../../features/token/permission-form.ts';
import { focusFirstError } from '../../features/token/place-field-errors.ts';
import { ScopeFields } from '../../features/token/scope-fields.tsx';
import type { CreatedSecret } from '../../features/token/secret-dialog.tsx';
import { startInput } from '../../features/token/start-form.ts';
import { summarySentence } from '../../features/token/summary-sentence.ts';
import { useInvalidateTokens } from '../../features/token/token-cache.ts';
import { tokenName } from '../../features/token/token-name.ts';
import { useCreateToken } from '../../features/token/use-create-token.ts';
import { readRequestError } from '../../lib/request-error.ts';
import { SectionCard } from '../../ui/section-card.tsx';
import { SubmitButton } from '../../ui/submit-button.tsx';
import { UnsavedGuard } from '../../ui/unsaved-guard.tsx';
import { chosenScopes, holderOf } from './chosen-scopes.ts';
import { MoreSections } from './more-sections.tsx';
import { type NewTokenForm as Form, type PartName, placeServerErrors, readNewToken, useNewTokenForm } from './use-new-token-form.ts';

interface NewTokenFormProps {
  policy: Policy;
  /** The token that it starts as a copy of. */
  source: Token | null;
  /** Whom it is for, where that is known already. */
  owner: OwnerRef | null;
}

/** Everything about a new token on one page, with a sentence that says what it adds up to. */
export function NewTokenForm({ policy, source, owner }: NewTokenFormProps) {
  const form = useNewTokenForm(policy, source, owner);
  const [opened, setOpened] = useState<readonly PartName[]>(owner ? ['owner'] : []);
  // A field with a fault must be there to take the focus.
  const open = (names: PartName[]) => setOpened((current) => [...new Set([...current, ...names])]);
  const toggle = (name: PartName) =>
    setOpened((current) => (current.includes(name) ? current.filter((each) => each !== name) : [...current, name]));
  const { created, failure, isPending, submit, finish } = useCreation(form, open);
  return (
    <>
      <form onSubmit={submit} noValidate aria-label="Create token">
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, md: 8 }}>
            <Stack gap="lg">
              <Sections form={form} />
              <MoreSections form={form} opened={opened} onToggle={toggle} />
            </Stack>
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
function useCreation(form: Form, onWrong: (parts: PartName[]) => void) {
  const [created, setCreated] = useState<CreatedSecret | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const { mutateAsync, isPending, reset } = useCreateToken();
  const invalidate = useInvalidateTokens();
  const navigate = useNavigate();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const element = event.currentTarget;
    const read = readNewToken(form);
    setFailure(null);
    if (!read.ok) {
      onWrong(read.wrong);
      return focusFirstError(element);
    }
    if (isPending) return;
    try {
      const { token } = await mutateAsync(read.input);
      setCreated({
        id: token.id,
        name: tokenName(token),
        secret: token.token,
        allowedEndpoints: token.allowedEndpoints,
        createdAt: token.createdAt,
        viewable: token.viewable,
      });
      reset();
    } catch (error) {
      const { all, wrong } = placeServerErrors(form, error);
      onWrong(wrong);
      if (all) focusFirstError(element);
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
  const { parts, policy, openedAt } = form;
  return (
    <>
      <SectionCard title="Name and purpose">
        <Stack gap="md">
          <AboutFields form={parts.about} />
          <KindFields form={parts.kind} policy={policy} />
        </Stack>
      </SectionCard>
      <SectionCard title="Endpoints" description="What it may call.">
        <AccessFields form={parts.access} />
      </SectionCard>
      {policy.scopes.length > 0 && (
        <SectionCard title="Scopes" description="What it may do there.">
          <ScopeFields form={parts.scopes} policy={policy} holder={holderOf(form)} />
        </SectionCard>
      )}
      <SectionCard title="Rate limit" description="How often it may call.">
        <LimitFields form={parts.limit} />
      </SectionCard>
      <SectionCard title="Expiry" description="How long it may call.">
        <ExpiryFields form={parts.expiry} policy={policy.expiry} now={openedAt} />
      </SectionCard>
    </>
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

function isTouched({ parts }: Form): boolean {
  const fields: { isDirty: () => boolean }[] = Object.values(parts);
  return fields.some((part) => part.isDirty());
}

function summaryOf(form: Form): string {
  const { parts, policy, openedAt } = form;
  const { reach, patterns } = parts.access.getValues();
  const { max, count, unit } = parts.limit.getValues();
  const owner = parts.owner.getValues();
  const { notBefore } = startInput(parts.start.getValues());
  return summarySentence({
    patterns: reach === 'every' ? null : patterns.map(({ text }) => text),
    scopes: chosenScopes(form),
    permissions: listPermissions(form),
    owner: ownerInput(owner).ownerId === undefined ? undefined : describeOwner(owner),
    rateLimit: typeof max === 'number' ? max : null,
    windowMs: joinWindow(Number(count) || 1, unit),
    limits: listRates(parts.limits.getValues()),
    quota: describeQuotaValues(parts.quota.getValues()) ?? undefined,
    addresses: parts.addresses.getValues().addresses,
    notBefore: notBefore === null ? null : Date.parse(notBefore),
    expiresAt: resolveExpiry(parts.expiry.getValues(), expiryPresets(policy.expiry), openedAt),
  });
}

/** `files:read`, as the API's rules write them. */
function listPermissions({ parts }: Form): string[] {
  const { permissions } = permissionInput(parts.permissions.getValues());
  return Object.entries(permissions ?? {}).flatMap(([resource, actions]) => actions.map((action) => `${resource}:${action}`));
}
