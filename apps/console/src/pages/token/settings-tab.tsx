import type { Policy, Token } from '@latchkey/api/schemas';
import { Alert, Button, Group, Stack, Switch, Text } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import type { z } from 'zod';
import { LimitFields } from '../../features/limit/limit-fields.tsx';
import { LIMIT_FIELDS, limitInput, limitSchema, limitValues } from '../../features/limit/limit-form.ts';
import { WhatIf } from '../../features/limit/what-if.tsx';
import { useIsRevocable } from '../../features/policy/use-is-revocable.ts';
import { usePolicy } from '../../features/policy/use-policy.ts';
import { AboutFields } from '../../features/token/about-fields.tsx';
import { ABOUT_FIELDS, aboutInput, aboutSchema, aboutValues } from '../../features/token/about-form.ts';
import { AccessFields } from '../../features/token/access-fields.tsx';
import { ACCESS_FIELDS, accessInput, accessSchema, accessValues } from '../../features/token/access-form.ts';
import { DryRunButton } from '../../features/token/dry-run-button.tsx';
import { EndTokenDialog, type TokenEnd } from '../../features/token/end-token-dialog.tsx';
import { EvidenceCard } from '../../features/token/evidence-card.tsx';
import type { ExpiryValue } from '../../features/token/expiry-choice.ts';
import { ExpiryFields } from '../../features/token/expiry-fields.tsx';
import { EXPIRY_FIELDS, expiryInput, expirySchema } from '../../features/token/expiry-form.ts';
import { TokenSwitch } from '../../features/token/token-switch.tsx';
import { TryRequestPanel } from '../../features/token/try-request-panel.tsx';
import { SectionCard } from '../../ui/section-card.tsx';
import { RuleSections, ScopeSection } from './rule-sections.tsx';
import { SecretsCard } from './secrets-card.tsx';
import { SettingsSection } from './settings-section.tsx';
import { useSectionForm } from './use-section-form.ts';

interface SettingsTabProps {
  token: Token;
  canChange: boolean;
  onDeleted: () => void;
}

export function SettingsTab({ token, canChange, onDeleted }: SettingsTabProps) {
  const readOnly = !canChange || token.status === 'revoked';
  const policy = usePolicy().data;
  return (
    <Stack gap="lg" maw={760}>
      {readOnly && <ReadOnlyNote revoked={token.status === 'revoked'} />}
      <AboutSection token={token} readOnly={!canChange} />
      <AccessSection token={token} readOnly={readOnly} />
      {policy && policy.scopes.length > 0 && <ScopeSection token={token} readOnly={readOnly} policy={policy} />}
      <EvidenceCard token={token} readOnly={readOnly} />
      <LimitSection token={token} readOnly={readOnly} />
      {policy && <ExpirySection token={token} readOnly={readOnly} policy={policy.expiry} />}
      {policy && <RuleSections token={token} readOnly={readOnly} policy={policy} />}
      <SecretsCard token={token} canChange={canChange} />
      {token.status !== 'revoked' && <ActiveSection token={token} readOnly={readOnly} />}
      <TryRequestPanel token={token} />
      {canChange && <DangerZone token={token} onDeleted={onDeleted} />}
    </Stack>
  );
}

function ReadOnlyNote({ revoked }: { revoked: boolean }) {
  return (
    <Alert variant="light" color="blue" icon={<IconInfoCircle size={18} aria-hidden />}>
      {revoked
        ? 'This token is revoked for good: what it may do cannot be changed any more.'
        : 'Your role may look but not change. An administrator can change these settings, or your role.'}
    </Alert>
  );
}

/** What is typed as the operations take it; `null` while it is not valid. */
function validValue<Values, Input>(form: UseFormReturnType<Values>, schema: z.ZodType, write: (values: Values) => Input): Input | null {
  const values = form.getValues();
  return schema.safeParse(values).success ? write(values) : null;
}

/** The same, and `null` for what is saved already. */
function typedValue<Values, Input>(form: UseFormReturnType<Values>, schema: z.ZodType, write: (values: Values) => Input): Input | null {
  return form.isDirty() ? validValue(form, schema, write) : null;
}

interface SectionProps {
  token: Token;
  readOnly: boolean;
}

function AboutSection({ token, readOnly }: SectionProps) {
  const section = useSectionForm({ token, schema: aboutSchema, read: aboutValues, write: aboutInput, fields: ABOUT_FIELDS });
  return (
    <SettingsSection title="Name and purpose" section={section} readOnly={readOnly}>
      <AboutFields form={section.form} disabled={readOnly} />
    </SettingsSection>
  );
}

function AccessSection({ token, readOnly }: SectionProps) {
  const section = useSectionForm({ token, schema: accessSchema, read: accessValues, write: accessInput, fields: ACCESS_FIELDS });
  return (
    <SettingsSection
      title="Endpoints"
      description="What it may call. A change holds from the next request."
      section={section}
      readOnly={readOnly}
    >
      <AccessFields form={section.form} disabled={readOnly} />
      {!readOnly && <DryRunButton token={token} proposal={typedValue(section.form, accessSchema, accessInput)} />}
    </SettingsSection>
  );
}

function LimitSection({ token, readOnly }: SectionProps) {
  const section = useSectionForm({
    token,
    schema: limitSchema,
    read: limitValues,
    write: (values) => ({ ...limitInput(values), rateLimitEnabled: values.enabled }),
    fields: LIMIT_FIELDS,
  });
  const { form } = section;
  return (
    <SettingsSection
      title="Rate limit"
      description="How often it may call. A change holds from the next request."
      section={section}
      readOnly={readOnly}
    >
      <Switch label="Limit its requests" disabled={readOnly} {...form.getInputProps('enabled', { type: 'checkbox' })} />
      <LimitFields form={form} disabled={readOnly || !form.getValues().enabled} />
      <WhatIf token={token} limit={validValue(form, limitSchema, limitInput)} />
      {!readOnly && <DryRunButton token={token} proposal={typedValue(form, limitSchema, limitInput)} />}
    </SettingsSection>
  );
}

const UNCHANGED: ExpiryValue = { kind: 'keep', preset: '', custom: '' };

function ExpirySection({ token, readOnly, policy }: SectionProps & { policy: Policy['expiry'] }) {
  const [openedAt] = useState(Date.now);
  const section = useSectionForm<ExpiryValue>({
    token,
    schema: expirySchema(policy, Date.now, true),
    read: () => ({ ...UNCHANGED }),
    write: (values) => expiryInput(values, policy),
    fields: EXPIRY_FIELDS,
  });
  return (
    <SettingsSection
      title="Expiry"
      description="How long it may call. A time in the past ends it at once."
      section={section}
      readOnly={readOnly}
    >
      <ExpiryFields form={section.form} policy={policy} now={openedAt} stored={token.expiresAt} disabled={readOnly} />
    </SettingsSection>
  );
}

function ActiveSection({ token, readOnly }: SectionProps) {
  return (
    <SectionCard title="On or off" description="Switched off, every request with it is refused until it is switched on again.">
      <TokenSwitch token={token} readOnly={readOnly} label={token.active ? 'The token is on' : 'The token is off'} />
    </SectionCard>
  );
}

function DangerZone({ token, onDeleted }: { token: Token; onDeleted: () => void }) {
  const [ending, setEnding] = useState<{ end: TokenEnd; opener: HTMLElement } | null>(null);
  if (!useIsRevocable(token)) return <NotRevocable token={token} />;
  return (
    <SectionCard title="Danger zone">
      <Stack gap="md">
        {token.status !== 'revoked' && (
          <Act
            text="Refuse every request with it, for good. Its usage stays."
            button="Revoke token…"
            onClick={(opener) => setEnding({ end: 'revoke', opener })}
          />
        )}
        <Act
          text="Remove it together with all its recorded usage."
          button="Delete token…"
          onClick={(opener) => setEnding({ end: 'delete', opener })}
        />
      </Stack>
      {ending && (
        <EndTokenDialog
          token={token}
          {...ending}
          onClose={() => setEnding(null)}
          onDone={ending.end === 'delete' ? onDeleted : undefined}
        />
      )}
    </SectionCard>
  );
}

/** Tokens of some types are out in the world where nobody can call them back: they end with their owner. */
function NotRevocable({ token }: { token: Token }) {
  return (
    <SectionCard title="Danger zone">
      <Text size="sm">
        Tokens of type “{token.keyType}” can be neither revoked nor deleted by themselves. They can be switched off, and end with their
        owner.
      </Text>
    </SectionCard>
  );
}

function Act({ text, button, onClick }: { text: string; button: string; onClick: (button: HTMLElement) => void }) {
  return (
    <Group justify="space-between" gap="sm">
      <Text size="sm" flex="1 1 16rem">
        {text}
      </Text>
      <Button variant="light" color="red" size="sm" onClick={(event) => onClick(event.currentTarget)}>
        {button}
      </Button>
    </Group>
  );
}
