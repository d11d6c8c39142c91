import type { PortalForm } from '@latchkey/api/schemas';
import { type FormEvent, useId } from 'react';
import type { PortalError } from '../client/portal-error.ts';
import { EXPIRATION_FIELD_NAME, ExpirationSelect } from '../expiry/expiration-select.tsx';
import { SCOPES_FIELD_NAME } from '../scope/checked-scopes.ts';
import { ScopeCheckboxes } from '../scope/scope-checkboxes.tsx';

export interface KeyFormValues {
  readonly name: string;
  /** `undefined` where none are offered: then the rules of the deployment decide. */
  readonly scopes: string[] | undefined;
  /** `undefined` for an existing key: its end is not the form's to change (S2-118). */
  readonly expiresAtPreset: string | undefined;
}

export interface KeyFormProps {
  readonly form: PortalForm;
  /** An existing key; `null`: the form is for a new one. */
  readonly held: { readonly name: string | null; readonly scopes: readonly string[] } | null;
  readonly submitLabel: string;
  readonly pending: boolean;
  /** What the server found wrong, shown at the fields it names. */
  readonly error: PortalError | null;
  readonly onSubmit: (values: KeyFormValues) => void;
  readonly onCancel: () => void;
}

/** Name, expiration (for a new key only) and scopes (S2-117…119). */
export function KeyForm({ form, held, submitLabel, pending, error, onSubmit, onCancel }: KeyFormProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!pending) onSubmit(readValues(event.currentTarget, form));
  };
  return (
    <form className="api-keys-form" noValidate onSubmit={submit}>
      <NameField fault={faultAt(error, 'name')} initial={held?.name ?? ''} required={form.requireName} />
      {held === null && <ExpirationField fault={faultAt(error, 'expires_at_preset')} presets={form.expirations} />}
      <ScopeFields fault={faultAt(error, 'scopes')} held={held?.scopes ?? null} scopes={form.scopes} />
      <div className="api-keys-actions">
        <button aria-disabled={pending} className="api-keys-button" data-look="primary" type="submit">
          {pending ? 'One moment…' : submitLabel}
        </button>
        <button className="api-keys-button" onClick={onCancel} type="button">
          Cancel
        </button>
      </div>
    </form>
  );
}

function readValues(element: HTMLFormElement, { scopes }: PortalForm): KeyFormValues {
  const data = new FormData(element);
  const preset = data.get(EXPIRATION_FIELD_NAME);
  return {
    name: `${data.get('api_key[name]') ?? ''}`,
    scopes: scopes.length === 0 ? undefined : data.getAll(SCOPES_FIELD_NAME).map(String),
    expiresAtPreset: typeof preset === 'string' ? preset : undefined,
  };
}

function faultAt(error: PortalError | null, field: string): string | null {
  return error?.details.find(({ path }) => path === field || path.startsWith(`${field}.`))?.message ?? null;
}

function NameField({ initial, required, fault }: { readonly initial: string; readonly required: boolean; readonly fault: string | null }) {
  const id = useId();
  return (
    <div className="api-keys-field">
      <label htmlFor={id}>Name {!required && <span className="api-keys-muted">(optional)</span>}</label>
      <input
        aria-describedby={fault === null ? undefined : `${id}-fault`}
        aria-invalid={fault !== null}
        autoComplete="off"
        className="api-keys-input"
        defaultValue={initial}
        id={id}
        maxLength={255}
        name="api_key[name]"
        placeholder="e.g., Production Server"
        required={required}
        type="text"
      />
      <Fault id={`${id}-fault`} text={fault} />
    </div>
  );
}

function ExpirationField({ presets, fault }: { readonly presets: PortalForm['expirations']; readonly fault: string | null }) {
  const id = useId();
  return (
    <div className="api-keys-field">
      <label htmlFor={id}>Expiration</label>
      <ExpirationSelect
        aria-describedby={fault === null ? undefined : `${id}-fault`}
        aria-invalid={fault !== null}
        className="api-keys-input"
        id={id}
        presets={presets}
      />
      <Fault id={`${id}-fault`} text={fault} />
    </div>
  );
}

interface ScopeFieldsProps {
  readonly scopes: PortalForm['scopes'];
  readonly held: readonly string[] | null;
  readonly fault: string | null;
}

function ScopeFields({ scopes, held, fault }: ScopeFieldsProps) {
  const id = useId();
  if (scopes.length === 0) return null;
  const descriptionOf = (scope: string) => scopes.find(({ name }) => name === scope)?.description ?? '';
  return (
    <fieldset aria-describedby={fault === null ? undefined : `${id}-fault`} className="api-keys-field api-keys-scope-fields">
      <legend>Scopes</legend>
      <ScopeCheckboxes held={held} scopes={scopes.map(({ name }) => name)}>
        {({ scope, input }) => (
          <label className="api-keys-check">
            <input {...input} />
            <span>
              <code>{scope}</code> {descriptionOf(scope) !== '' && <span className="api-keys-muted">{descriptionOf(scope)}</span>}
            </span>
          </label>
        )}
      </ScopeCheckboxes>
      <Fault id={`${id}-fault`} text={fault} />
    </fieldset>
  );
}

function Fault({ id, text }: { readonly id: string; readonly text: string | null }) {
  if (text === null) return null;
  return (
    <p className="api-keys-fault" id={id}>
      {text}
    </p>
  );
}
