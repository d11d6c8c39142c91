import type { Token, UpdateTokenInput } from '@latchkey/api/schemas';
import { schemaResolver, type UseFormReturnType, useForm } from '@mantine/form';
import { type FormEvent, useEffect, useState } from 'react';
import type { z } from 'zod';
import { type FieldNames, focusFirstError, placeFieldErrors } from '../../features/token/place-field-errors.ts';
import { useUpdateToken } from '../../features/token/use-update-token.ts';
import { readRequestError } from '../../lib/request-error.ts';

interface SectionOptions<Values> {
  token: Token;
  schema: z.ZodType;
  /** The section's fields as the token has them. */
  read: (token: Token) => Values;
  /** What to change; `values` have passed the schema, `before` is what the fields started with. */
  write: (values: Values, before: Values) => Omit<UpdateTokenInput, 'id'>;
  fields: FieldNames;
}

export interface Section<Values> {
  form: UseFormReturnType<Values>;
  submit: (event: FormEvent<HTMLFormElement>) => void;
  reset: () => void;
  isPending: boolean;
  /** The server confirmed, and nothing was typed since. */
  isSaved: boolean;
  /** What went wrong that belongs to no field. */
  failure: string | null;
}

/** One part of a token's settings, saved by itself. */
export function useSectionForm<Values extends object>(options: SectionOptions<Values>): Section<Values> {
  const { token, schema, read, write, fields } = options;
  const update = useUpdateToken();
  const [failure, setFailure] = useState<string | null>(null);
  const form = useForm<Values>({
    initialValues: read(token),
    validate: schemaResolver(schema, { sync: true }),
    validateInputOnBlur: true,
    onValuesChange: () => update.isSuccess && update.reset(),
  });
  useFreshValues(form, token, read);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const element = event.currentTarget;
    setFailure(null);
    const { hasErrors } = await form.validate();
    if (hasErrors) return focusFirstError(element);
    try {
      const answer = await update.mutateAsync({ id: token.id, ...write(form.getValues(), form.getInitialValues()) });
      adopt(form, read(answer.token));
    } catch (error) {
      if (placeFieldErrors(form, error, fields) > 0) focusFirstError(element);
      else setFailure(readRequestError(error).message);
    }
  }
  const reset = () => {
    setFailure(null);
    form.reset();
  };
  return { form, submit: (event) => void submit(event), reset, isPending: update.isPending, isSaved: update.isSuccess, failure };
}

/** Follows changes made elsewhere, as long as nothing was typed here. */
function useFreshValues<Values extends object>(form: UseFormReturnType<Values>, token: Token, read: (token: Token) => Values) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version of the token is the one reason to read it again
  useEffect(() => {
    if (!form.isDirty()) adopt(form, read(token));
  }, [token.updatedAt]);
}

function adopt<Values extends object>(form: UseFormReturnType<Values>, values: Values): void {
  form.setInitialValues(values);
  form.setValues(values);
  form.resetDirty(values);
}
