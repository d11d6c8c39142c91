import { useState } from 'react';
import type { PortalError } from '../client/portal-error.ts';
import { Heading } from '../portal/heading.tsx';
import { usePortal } from '../portal/portal-context.tsx';
import { LoadFailed, Loading } from '../portal/states.tsx';
import { toPortalError, useLoad } from '../portal/use-load.ts';
import { KeyForm, type KeyFormValues } from './key-form.tsx';
import { keyName } from './key-name.ts';
import { maskToken } from './mask-token.ts';
import { reasonOf } from './new-key-page.tsx';

/** Changes name and scopes of a key (S2-042, 043). */
export function EditKeyPage({ id }: { readonly id: number }) {
  const { client, go, notify, changed } = usePortal();
  const { data, error, reload } = useLoad(`edit ${id}`, () => client.readKey(id));
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<PortalError | null>(null);

  const update = async ({ name, scopes }: KeyFormValues) => {
    setPending(true);
    notify(null);
    try {
      const { message } = await client.updateKey(id, { name, scopes });
      go({ name: 'list' }, { kind: 'success', text: message });
      await changed();
    } catch (thrown) {
      const fault = toPortalError(thrown);
      setRefusal(fault);
      notify({ kind: 'error', text: `Failed to update API key.${reasonOf(fault)}` });
    } finally {
      setPending(false);
    }
  };

  return (
    <>
      <Heading focus>Edit API key</Heading>
      {!data && (error ? <LoadFailed error={error} retry={reload} what="this key" /> : <Loading what="this key" />)}
      {data && (
        <>
          <p className="api-keys-muted">
            {keyName(data.key)} · <code>{maskToken(data.key)}</code>
          </p>
          <KeyForm
            error={refusal}
            form={data.form}
            held={data.key}
            onCancel={() => go({ name: 'list' })}
            onSubmit={update}
            pending={pending}
            submitLabel="Save changes"
          />
        </>
      )}
    </>
  );
}
