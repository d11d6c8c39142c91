import type { ReactNode } from 'react';
import { NamedLimitFields } from '../../features/limit/named-limit-fields.tsx';
import { listRates } from '../../features/limit/named-limit-form.ts';
import { QuotaFields } from '../../features/limit/quota-fields.tsx';
import { describeQuotaValues } from '../../features/limit/quota-form.ts';
import { AddressFields } from '../../features/token/address-fields.tsx';
import {
  describeAddresses,
  describeMetadata,
  describeOwner,
  describePermissions,
  describeScopes,
  describeStart,
} from '../../features/token/describe-part.ts';
import { MetadataFields } from '../../features/token/metadata-fields.tsx';
import { OwnerFields } from '../../features/token/owner-fields.tsx';
import { PermissionFields } from '../../features/token/permission-fields.tsx';
import { ScopeFields } from '../../features/token/scope-fields.tsx';
import { StartFields } from '../../features/token/start-fields.tsx';
import { Disclosure } from '../../ui/disclosure.tsx';
import { SectionCard } from '../../ui/section-card.tsx';
import { chosenScopes, holderOf } from './chosen-scopes.ts';
import type { NewTokenForm, PartName } from './use-new-token-form.ts';

interface MoreSectionsProps {
  form: NewTokenForm;
  opened: readonly PartName[];
  onToggle: (name: PartName) => void;
}

/** What most tokens can do without, each part behind a line that says how it stands. */
export function MoreSections({ form, opened, onToggle }: MoreSectionsProps) {
  const { parts, policy } = form;
  const { owner, limits, quota, addresses, permissions, start, metadata, scopes } = parts;
  const part = (name: PartName, title: string, summary: string, children: ReactNode) => (
    <Disclosure title={title} summary={summary} opened={opened.includes(name)} onToggle={() => onToggle(name)}>
      {children}
    </Disclosure>
  );
  return (
    <SectionCard title="More" description="Who owns it, and finer rules." flush>
      {part('owner', 'Owner', describeOwner(owner.getValues()), <OwnerFields form={owner} policy={policy} />)}
      {policy.scopes.length === 0 &&
        part('scopes', 'Scopes', describeScopes(chosenScopes(form)), <ScopeFields form={scopes} policy={policy} holder={holderOf(form)} />)}
      {part('limits', 'Further limits', listRates(limits.getValues()).join(', ') || 'None', <NamedLimitFields form={limits} />)}
      {part('quota', 'Quota', describeQuotaValues(quota.getValues()) ?? 'Any number of requests', <QuotaFields form={quota} />)}
      {part('addresses', 'Addresses', describeAddresses(addresses.getValues()), <AddressFields form={addresses} />)}
      {part('permissions', 'Permissions', describePermissions(permissions.getValues()), <PermissionFields form={permissions} />)}
      {part('start', 'Begins', describeStart(start.getValues()), <StartFields form={start} />)}
      {part('metadata', 'Metadata', describeMetadata(metadata.getValues().metadata), <MetadataFields form={metadata} />)}
    </SectionCard>
  );
}
