import { useState } from 'react';
import type { PortalError } from '../client/portal-error.ts';
import { Heading } from '../portal/heading.tsx';
import { usePortal } from '../portal/portal-context.tsx';
import { LoadFailed, Loading } from '../portal/states.tsx';
import { toPortalError, useLoad } from '../portal/use-load.ts';
import { KeyForm, type KeyFormValues } from './key-form.tsx';

/** Makes a secret key and goes on to the page that shows its text (S2-037…040). */
export function NewKeyPage() {
  const { client, go, notify, changed, setFresh } = usePortal();
  const { data: form, error, reload } = useLoad('new', () => client.readForm());
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<PortalError | null>(null);

  const create = async ({ name, scopes, expiresAtPreset }: KeyFormValues) => {
    setPending(true);
    notify(null);
    try {
      const { key, token } = await client.createKey({ name, scopes, expiresAtPreset });
      setFresh({ id: key.id, token });
      go({ name: 'success', id: key.id });
      await changed();
    } catch (thrown) {
      const fault = toPortalError(thrown);
      setRefusal(fault);
      notify({ kind: 'error', text: `Failed to create API key.${reasonOf(fault)}` });
    } finally {
      setPending(false);
    }
  };

  return (
    <>
      <Heading focus>Create API key</Heading>
      {!form && (error ? <LoadFailed error={error} retry={reload} what="the form" /> : <Loading what="the form" />)}
      {form && (
        <KeyForm
          error={refusal}
          form={form}
          held={null}
          onCancel={() => go({ name: 'list' })}
          onSubmit={create}
          pending={pending}
          submitLabel="Create key"
        />
      )}
    </>
  );
}

/** What is said at the fields is not said twice. */
export function reasonOf(fault: PortalError): string {
  return fault.details.length > 0 ? '' : ` ${fault.message}`;
}
