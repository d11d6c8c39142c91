import type { CreateTokenInput, Policy, Token } from '@latchkey/api/schemas';
import { schemaResolver, useForm } from '@mantine/form';
import { useState } from 'react';
import type { z } from 'zod';
import { DEFAULT_LIMIT, LIMIT_FIELDS, limitInput, limitSchema, limitValues } from '../../features/limit/limit-form.ts';
import { NAMED_LIMIT_FIELDS, namedLimitInput, namedLimitSchema, namedLimitValues } from '../../features/limit/named-limit-form.ts';
import { QUOTA_FIELDS, quotaInput, quotaSchema, quotaValues } from '../../features/limit/quota-form.ts';
import type { OwnerRef } from '../../features/owner/owner-ref.ts';
import { ABOUT_FIELDS, aboutInput, aboutSchema } from '../../features/token/about-form.ts';
import { ACCESS_FIELDS, accessInput, accessSchema, accessValues } from '../../features/token/access-form.ts';
import { ADDRESS_FIELDS, addressInput, addressSchema, addressValues } from '../../features/token/address-form.ts';
import { EXPIRY_FIELDS, expiryInput, expirySchema, startExpiry } from '../../features/token/expiry-form.ts';
import { KIND_FIELDS, kindInput, kindSchema, kindValues } from '../../features/token/kind-form.ts';
import { METADATA_FIELDS, metadataInput, metadataSchema, metadataValues } from '../../features/token/metadata-form.ts';
import { OWNER_FIELDS, ownerInput, ownerSchema, ownerValues } from '../../features/token/owner-form.ts';
import { PERMISSION_FIELDS, permissionInput, permissionSchema, permissionValues } from '../../features/token/permission-form.ts';
import { type FieldNames, placeFieldErrors } from '../../features/token/place-field-errors.ts';
import { SCOPE_FIELDS, scopeInput, scopeSchema, scopeValues } from '../../features/token/scope-form.ts';
import { START_FIELDS, startInput, startSchema, startValues } from '../../features/token/start-form.ts';
import { tokenName } from '../../features/token/token-name.ts';
import { readRequestError } from '../../lib/request-error.ts';

export type NewTokenForm = ReturnType<typeof useNewTokenForm>;
type Parts = NewTokenForm['parts'];
export type PartName = keyof Parts;

/** The parts of the form, each checked on leaving a field and all together on submit. */
export function useNewTokenForm(policy: Policy, source: Token | null, forOwner: OwnerRef | null) {
  const [openedAt] = useState(Date.now);
  const about = usePart({ name: source ? copyName(tokenName(source)) : '', description: source?.description ?? '' }, aboutSchema);
  const kind = usePart(kindValues(policy, source), kindSchema);
  const access = usePart(accessValues(source ?? { allowedEndpoints: null }), accessSchema);
  const scopes = usePart(source ? scopeValues(source) : { scopes: null }, scopeSchema);
  const limit = usePart(source ? { ...limitValues(source), enabled: true } : DEFAULT_LIMIT, limitSchema);
  const expiry = usePart(startExpiry(policy.expiry, openedAt), expirySchema(policy.expiry, Date.now, false));
  const owner = usePart(ownerValues(forOwner ?? source), ownerSchema);
  const limits = usePart(namedLimitValues(source), namedLimitSchema);
  const quota = usePart(quotaValues(source), quotaSchema);
  const addresses = usePart(addressValues(source), addressSchema);
  const permissions = usePart(permissionValues(source), permissionSchema);
  const start = usePart(startValues(source), startSchema);
  const metadata = usePart(metadataValues(source), metadataSchema);
  return {
    parts: { about, kind, access, scopes, limit, expiry, owner, limits, quota, addresses, permissions, start, metadata },
    policy,
    openedAt,
  };
}

function usePart<Values extends object>(initialValues: Values, schema: z.ZodType) {
  return useForm<Values>({ initialValues, validate: schemaResolver(schema, { sync: true }), validateInputOnBlur: true });
}

const FIELDS: Readonly<Record<PartName, FieldNames>> = {
  about: ABOUT_FIELDS,
  kind: KIND_FIELDS,
  access: ACCESS_FIELDS,
  scopes: SCOPE_FIELDS,
  limit: LIMIT_FIELDS,
  expiry: EXPIRY_FIELDS,
  owner: OWNER_FIELDS,
  limits: NAMED_LIMIT_FIELDS,
  quota: QUOTA_FIELDS,
  addresses: ADDRESS_FIELDS,
  permissions: PERMISSION_FIELDS,
  start: START_FIELDS,
  metadata: METADATA_FIELDS,
};
const PART_NAMES = Object.keys(FIELDS) as PartName[];

type Read = { ok: true; input: CreateTokenInput } | { ok: false; wrong: PartName[] };

/** What `create` takes, or the parts in which something has to be put right first: it is then marked. */
export function readNewToken({ parts, policy }: NewTokenForm): Read {
  const wrong = PART_NAMES.filter((name) => parts[name].validate().hasErrors);
  return wrong.length > 0 ? { ok: false, wrong } : { ok: true, input: toInput(parts, policy) };
}

function toInput(parts: Parts, policy: Policy): CreateTokenInput {
  const { about, kind, access, scopes, limit, expiry, owner, limits, quota, addresses, permissions, start, metadata } = parts;
  return {
    ...aboutInput(about.getValues()),
    ...kindInput(kind.getValues()),
    ...accessInput(access.getValues()),
    ...scopeInput(scopes.getValues()),
    ...limitInput(limit.getValues()),
    ...expiryInput(expiry.getValues(), policy.expiry),
    ...ownerInput(owner.getValues()),
    ...(limits.getValues().limits.length > 0 && namedLimitInput(limits.getValues())),
    ...withoutNothing(quotaInput(quota.getValues(), null)),
    ...withoutNothing(addressInput(addresses.getValues())),
    ...withoutNothing(permissionInput(permissions.getValues())),
    ...withoutNothing(startInput(start.getValues())),
    ...withoutNothing(metadataInput(metadata.getValues())),
  };
}

/** A new token has nothing to clear: what is `null` is left out. */
function withoutNothing<Input extends object>(input: Input): { [Key in keyof Input]?: NonNullable<Input[Key]> } {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null)) as {
    [Key in keyof Input]?: NonNullable<Input[Key]>;
  };
}

/** Puts what the server refused beside its fields. `all`: every fault found one. */
export function placeServerErrors({ parts }: NewTokenForm, error: unknown): { all: boolean; wrong: PartName[] } {
  const placed = PART_NAMES.map((name) => ({ name, count: placeFieldErrors(parts[name], error, FIELDS[name]) }));
  const wrong = placed.filter(({ count }) => count > 0).map(({ name }) => name);
  // The field that the message belongs to is there for custom dates only.
  if (wrong.includes('expiry')) parts.expiry.setFieldValue('kind', 'custom');
  const total = placed.reduce((sum, { count }) => sum + count, 0);
  return { all: total > 0 && total === readRequestError(error).details.length, wrong };
}

function copyName(name: string): string {
  return `${name} (copy)`.slice(0, 255);
}
