import type { CreateTokenInput, Token } from '@latchkey/api/schemas';
import { schemaResolver, useForm } from '@mantine/form';
import { useState } from 'react';
import { DEFAULT_LIMIT, LIMIT_FIELDS, limitInput, limitSchema, limitValues } from '../../features/limit/limit-form.ts';
import { ABOUT_FIELDS, aboutInput, aboutSchema } from '../../features/token/about-form.ts';
import { ACCESS_FIELDS, accessInput, accessSchema, accessValues } from '../../features/token/access-form.ts';
import type { ExpiryValue } from '../../features/token/expiry-choice.ts';
import { EXPIRY_FIELDS, expiryInput, expirySchema } from '../../features/token/expiry-form.ts';
import { placeFieldErrors } from '../../features/token/place-field-errors.ts';
import { tokenName } from '../../features/token/token-name.ts';
import { readRequestError } from '../../lib/request-error.ts';

export type Environment = 'live' | 'test';
export type NewTokenForm = ReturnType<typeof useNewTokenForm>;

/** The parts of the form, each checked on leaving a field and all together on submit. */
export function useNewTokenForm(source: Token | null) {
  const [openedAt] = useState(Date.now);
  const [environment, setEnvironment] = useState<Environment>(source?.environment === 'test' ? 'test' : 'live');
  const about = useForm({
    initialValues: { name: source ? copyName(tokenName(source)) : '', description: source?.description ?? '' },
    validate: schemaResolver(aboutSchema, { sync: true }),
    validateInputOnBlur: true,
  });
  const access = useForm({
    initialValues: accessValues(source ?? { allowedEndpoints: null }),
    validate: schemaResolver(accessSchema, { sync: true }),
    validateInputOnBlur: true,
  });
  const limit = useForm({
    initialValues: source ? { ...limitValues(source), enabled: true } : DEFAULT_LIMIT,
    validate: schemaResolver(limitSchema, { sync: true }),
    validateInputOnBlur: true,
  });
  const expiry = useForm<ExpiryValue>({
    initialValues: { choice: '90d', custom: '' },
    validate: schemaResolver(expirySchema(Date.now, false), { sync: true }),
    validateInputOnBlur: true,
  });
  return { about, access, limit, expiry, openedAt, environment, setEnvironment };
}

/** What `create` takes, or `null` where something has to be put right first: it is then marked. */
export function readNewToken({ about, access, limit, expiry, environment }: NewTokenForm): CreateTokenInput | null {
  const results = [about.validate(), access.validate(), limit.validate(), expiry.validate()];
  if (results.some(({ hasErrors }) => hasErrors)) return null;
  return {
    ...aboutInput(about.getValues()),
    environment,
    ...accessInput(access.getValues()),
    ...limitInput(limit.getValues()),
    ...expiryInput(expiry.getValues(), Date.now()),
  };
}

/** Puts what the server refused beside its fields; answers whether every fault found one. */
export function placeServerErrors({ about, access, limit, expiry }: NewTokenForm, error: unknown): boolean {
  const ofExpiry = placeFieldErrors(expiry, error, EXPIRY_FIELDS);
  // The field that the message belongs to is there for custom dates only.
  if (ofExpiry > 0) expiry.setFieldValue('choice', 'custom');
  const placed =
    ofExpiry +
    placeFieldErrors(about, error, ABOUT_FIELDS) +
    placeFieldErrors(access, error, ACCESS_FIELDS) +
    placeFieldErrors(limit, error, LIMIT_FIELDS);
  return placed > 0 && placed === readRequestError(error).details.length;
}

function copyName(name: string): string {
  return `${name} (copy)`.slice(0, 255);
}
