import { useEffect, useId, useRef, useState } from 'react';
import type { PortalError } from '../client/portal-error.ts';
import { Heading } from '../portal/heading.tsx';
import { usePortal } from '../portal/portal-context.tsx';
import { LoadFailed, Loading } from '../portal/states.tsx';
import { toPortalError } from '../portal/use-load.ts';
import { CopyButton } from './copy-button.tsx';
import { environmentLabelFromToken } from './key-environment.ts';

/** Shows the text of a new key, once (S2-041, 120…122). */
export function KeySuccessPage({ id }: { readonly id: number }) {
  const { go } = usePortal();
  const { token, error, retry } = useTokenOnce(id);
  if (token) return <Reveal onDone={() => go({ name: 'list' })} token={token} />;
  if (error) return <LoadFailed error={error} retry={retry} what="the new key" />;
  if (token === undefined) return <Loading what="the new key" />;
  return (
    <>
      <Heading focus>Token can only be shown once.</Heading>
      <p>It was shown already, or more than ten minutes have passed. Nobody can read it again, and neither can we.</p>
      <div className="api-keys-actions">
        <button className="api-keys-button" data-look="primary" onClick={() => go({ name: 'new' })} type="button">
          Create a new key
        </button>
        <button className="api-keys-button" onClick={() => go({ name: 'list' })} type="button">
          Back to your keys
        </button>
      </div>
    </>
  );
}

/**
 * The text from the answer that brought it, or else from the server, which keeps it for one reading. It is taken from there in either
 * case: once it has been drawn here, there is nothing left to be read. `undefined`: not known yet.
 */
function useTokenOnce(id: number) {
  const { client, fresh } = usePortal();
  const [token, setToken] = useState<string | null | undefined>(fresh?.id === id ? fresh.token : undefined);
  const [error, setError] = useState<PortalError | null>(null);
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` is there to try again.
  useEffect(() => {
    setError(null);
    client.takeToken(id).then(
      (taken) => setToken((known) => known ?? taken),
      (thrown: unknown) => setError(toPortalError(thrown)),
    );
  }, [client, id, attempt]);
  return { token, error, retry: () => setAttempt(attempt + 1) };
}

export interface RevealProps {
  readonly token: string;
  readonly onDone: () => void;
}

/** A new key's text in a field to copy from. The text is in the state of this page and nowhere else. */
export function Reveal({ token, onDone }: RevealProps) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <Heading focus>API key created</Heading>
      <p className="api-keys-notice" data-kind="warning">
        Copy it now and keep it in a safe place. For your safety <strong>it is shown only once</strong>.
      </p>
      <div className="api-keys-field">
        <label htmlFor={id}>
          Your new key <span className="api-keys-badge">{environmentLabelFromToken(token)}</span>
        </label>
        <div className="api-keys-reveal">
          <input
            autoComplete="off"
            className="api-keys-input api-keys-secret"
            data-testid="secret"
            id={id}
            onFocus={(event) => event.currentTarget.select()}
            readOnly
            ref={field}
            spellCheck={false}
            type="text"
            value={token}
          />
          <CopyButton field={field} text={token} />
        </div>
      </div>
      <button className="api-keys-button" onClick={onDone} type="button">
        Back to your keys
      </button>
    </>
  );
}
