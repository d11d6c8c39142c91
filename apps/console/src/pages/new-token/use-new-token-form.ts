import type { CreateTokenInput, Token } from '@latchkey/api/schemas';
import { schemaResolver, useForm } from '@mantine/form';
import { useState } from 'react';
import { DEFAULT_LIMIT, limitInput, limitSchema, limitValues } from '../../features/limit/limit-form.ts';
import { aboutInput, aboutSchema } from '../../features/token/about-form.ts';
import { accessInput, accessSchema, accessValues } from '../../features/token/access-form.ts';
import type { ExpiryValue } from '../../features/token/expiry-choice.ts';
import { expiryInput, expirySchema } from '../../features/token/expiry-form.ts';
import { readFieldErrors } from '../../lib/request-error.ts';

export type Environment = 'live' | 'test';

/** The four parts of the form, each checked on leaving a field and all together on submit. */
export function useNewTokenForm(source: Token | null) {
  const [openedAt] = useState(Date.now);
  const [environment, setEnvironment] = useState<Environment>(source?.environment === 'test' ? 'test' : 'live');
  const about = useForm({
    initialValues: { name: source ? copyName(source.name) : '', description: source?.description ?? '' },
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
  const forms = { about, access, limit, expiry };
  return { ...forms, openedAt, environment, setEnvironment, read: () => readInput(forms, environment), showServerErrors };

  /** Puts what the server refused beside its fields; answers whether all of it found one. */
  function showServerErrors(error: unknown): boolean {
    const errors = Object.entries(readFieldErrors(error));
    const placed = errors.map(([path, message]) => placeError(forms, path, message));
    focusFirst(forms);
    return errors.length > 0 && placed.every(Boolean);
  }
}

export type NewTokenForm = ReturnType<typeof useNewTokenForm>;
type Forms = Pick<NewTokenForm, 'about' | 'access' | 'limit' | 'expiry'>;

/** What `create` takes, or `null` where something has to be put right: its first field then has the focus. */
function readInput(forms: Forms, environment: Environment): CreateTokenInput | null {
  const { about, access, limit, expiry } = forms;
  const results = [about.validate(), access.validate(), limit.validate(), expiry.validate()];
  if (results.some(({ hasErrors }) => hasErrors)) {
    focusFirst(forms);
    return null;
  }
  return {
    ...aboutInput(about.getValues()),
    environment,
    ...accessInput(access.getValues()),
    ...limitInput(limit.getValues()),
    ...expiryInput(expiry.getValues(), Date.now()),
  };
}

const FIELDS: Readonly<Record<string, (forms: Forms, message: string) => void>> = {
  name: ({ about }, message) => about.setFieldError('name', message),
  description: ({ about }, message) => about.setFieldError('description', message),
  allowedEndpoints: ({ access }, message) => access.setFieldError('patterns.0.text', message),
  rateLimit: ({ limit }, message) => limit.setFieldError('max', message),
  rateLimitWindowMs: ({ limit }, message) => limit.setFieldError('count', message),
  expiresAt: ({ expiry }, message) => {
    expiry.setFieldValue('choice', 'custom');
    expiry.setFieldError('custom', message);
  },
};

function placeError(forms: Forms, path: string, message: string): boolean {
  const place = FIELDS[path.split('.')[0] ?? ''];
  place?.(forms, message);
  return place !== undefined;
}

/** After the paint that shows the errors: the first field in the page's order that has one. */
function focusFirst(_forms: Forms): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('main form [aria-invalid="true"], form [aria-invalid="true"]')?.focus());
}

function copyName(name: string): string {
  return `${name} (copy)`.slice(0, 255);
}
