import type { Policy, Token } from '@latchkey/api/schemas';
import { NamedLimitFields } from '../../features/limit/named-limit-fields.tsx';
import {
  listRates,
  NAMED_LIMIT_FIELDS,
  namedLimitInput,
  namedLimitSchema,
  namedLimitValues,
} from '../../features/limit/named-limit-form.ts';
import { QuotaFields } from '../../features/limit/quota-fields.tsx';
import { describeQuota, QUOTA_FIELDS, type QuotaValues, quotaInput, quotaSchema, quotaValues } from '../../features/limit/quota-form.ts';
import { AddressFields } from '../../features/token/address-fields.tsx';
import { ADDRESS_FIELDS, addressInput, addressSchema, addressValues } from '../../features/token/address-form.ts';
import {
  describeAddresses,
  describeMetadata,
  describePermissions,
  describeScopes,
  describeStart,
} from '../../features/token/describe-part.ts';
import { MetadataFields } from '../../features/token/metadata-fields.tsx';
import { METADATA_FIELDS, metadataInput, metadataSchema, metadataValues } from '../../features/token/metadata-form.ts';
import { PermissionFields } from '../../features/token/permission-fields.tsx';
import { PERMISSION_FIELDS, permissionInput, permissionSchema, permissionValues } from '../../features/token/permission-form.ts';
import { ScopeFields } from '../../features/token/scope-fields.tsx';
import { SCOPE_FIELDS, type ScopeValues, scopeInput, scopeSchema, scopeValues } from '../../features/token/scope-form.ts';
import { StartFields } from '../../features/token/start-fields.tsx';
import { START_FIELDS, startInput, startSchema, startValues } from '../../features/token/start-form.ts';
import { SectionCard } from '../../ui/section-card.tsx';
import { FoldedSettings, SettingsSection } from './settings-section.tsx';
import { useSectionForm } from './use-section-form.ts';

interface SectionProps {
  token: Token;
  readOnly: boolean;
}

interface PolicySectionProps extends SectionProps {
  policy: Policy;
}

/** The finer rules of a token. */
export function RuleSections({ token, readOnly, policy }: PolicySectionProps) {
  return (
    <SectionCard title="More" description="Finer rules. A change holds from the next request." flush>
      {policy.scopes.length === 0 && <FreeScopeSection token={token} readOnly={readOnly} policy={policy} />}
      <NamedLimitSection token={token} readOnly={readOnly} />
      <QuotaSection token={token} readOnly={readOnly} />
      <AddressSection token={token} readOnly={readOnly} />
      <PermissionSection token={token} readOnly={readOnly} />
      <StartSection token={token} readOnly={readOnly} />
      <MetadataSection token={token} readOnly={readOnly} />
    </SectionCard>
  );
}

function useScopeSection(token: Token) {
  return useSectionForm<ScopeValues>({ token, schema: scopeSchema, read: scopeValues, write: scopeInput, fields: SCOPE_FIELDS });
}

/** Scopes of a configured vocabulary. */
export function ScopeSection({ token, readOnly, policy }: PolicySectionProps) {
  const section = useScopeSection(token);
  return (
    <SettingsSection
      title="Scopes"
      description="What it may do. A change holds from the next request."
      section={section}
      readOnly={readOnly}
    >
      <ScopeFields form={section.form} policy={policy} holder={token} disabled={readOnly} />
    </SettingsSection>
  );
}

function FreeScopeSection({ token, readOnly, policy }: PolicySectionProps) {
  const section = useScopeSection(token);
  return (
    <FoldedSettings title="Scopes" summary={describeScopes(token.scopes)} section={section} readOnly={readOnly}>
      <ScopeFields form={section.form} policy={policy} holder={token} disabled={readOnly} />
    </FoldedSettings>
  );
}

function NamedLimitSection({ token, readOnly }: SectionProps) {
  const section = useSectionForm({
    token,
    schema: namedLimitSchema,
    read: namedLimitValues,
    write: namedLimitInput,
    fields: NAMED_LIMIT_FIELDS,
  });
  return (
    <FoldedSettings
      title="Further limits"
      summary={listRates(namedLimitValues(token)).join(', ') || 'None'}
      section={section}
      readOnly={readOnly}
    >
      <NamedLimitFields form={section.form} disabled={readOnly} />
    </FoldedSettings>
  );
}

function QuotaSection({ token, readOnly }: SectionProps) {
  const section = useSectionForm<QuotaValues>({ token, schema: quotaSchema, read: quotaValues, write: quotaInput, fields: QUOTA_FIELDS });
  return (
    <FoldedSettings title="Quota" summary={describeQuota(token) ?? 'Any number of requests'} section={section} readOnly={readOnly}>
      <QuotaFields form={section.form} disabled={readOnly} inUse />
    </FoldedSettings>
  );
}

function AddressSection({ token, readOnly }: SectionProps) {
  const section = useSectionForm({ token, schema: addressSchema, read: addressValues, write: addressInput, fields: ADDRESS_FIELDS });
  return (
    <FoldedSettings title="Addresses" summary={describeAddresses(addressValues(token))} section={section} readOnly={readOnly}>
      <AddressFields form={section.form} disabled={readOnly} />
    </FoldedSettings>
  );
}

function PermissionSection({ token, readOnly }: SectionProps) {
  const section = useSectionForm({
    token,
    schema: permissionSchema,
    read: permissionValues,
    write: permissionInput,
    fields: PERMISSION_FIELDS,
  });
  return (
    <FoldedSettings title="Permissions" summary={describePermissions(permissionValues(token))} section={section} readOnly={readOnly}>
      <PermissionFields form={section.form} disabled={readOnly} />
    </FoldedSettings>
  );
}

function StartSection({ token, readOnly }: SectionProps) {
  const section = useSectionForm({ token, schema: startSchema, read: startValues, write: startInput, fields: START_FIELDS });
  return (
    <FoldedSettings title="Begins" summary={describeStart(startValues(token))} section={section} readOnly={readOnly}>
      <StartFields form={section.form} disabled={readOnly} />
    </FoldedSettings>
  );
}

function MetadataSection({ token, readOnly }: SectionProps) {
  const section = useSectionForm({ token, schema: metadataSchema, read: metadataValues, write: metadataInput, fields: METADATA_FIELDS });
  return (
    <FoldedSettings title="Metadata" summary={describeMetadata(metadataValues(token).metadata)} section={section} readOnly={readOnly}>
      <MetadataFields form={section.form} disabled={readOnly} />
    </FoldedSettings>
  );
}
