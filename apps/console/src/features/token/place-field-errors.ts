import { readFieldErrors } from '../../lib/request-error.ts';

/** Names of a form's fields by the names the operation has for them. */
export type FieldNames = Readonly<Record<string, string>>;

interface ErrorForm {
  setFieldError(field: string, message: string): void;
}

/** Puts what the server refused beside the form's own fields; answers how many of the faults found theirs. */
export function placeFieldErrors(form: ErrorForm, error: unknown, names: FieldNames): number {
  let placed = 0;
  for (const [path, message] of Object.entries(readFieldErrors(error))) {
    const field = names[path] ?? names[path.split('.')[0] ?? ''];
    if (field === undefined) continue;
    form.setFieldError(field, message);
    placed += 1;
  }
  return placed;
}

/** Moves to the first field with an error, in the page's order, once the errors are drawn. */
export function focusFirstError(form: HTMLFormElement | null): void {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}
