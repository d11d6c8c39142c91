import type { PortalError } from '../client/portal-error.ts';

/** While there is nothing to show yet. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <p className="api-keys-loading" role="status">
      Loading {what}…
    </p>
  );
}

/** What could not be loaded, why, and a way to try again. */
export function LoadFailed({ what, error, retry }: { readonly what: string; readonly error: PortalError; readonly retry: () => void }) {
  return (
    <div className="api-keys-notice" data-kind="error" role="alert">
      <p>
        <strong>We could not load {what}.</strong> {error.message}
        {error.requestId !== null && <span className="api-keys-muted"> Request {error.requestId}</span>}
      </p>
      <button className="api-keys-button" onClick={retry} type="button">
        Try again
      </button>
    </div>
  );
}

/** The end of a session: what happened, and what to do. */
export function SessionOver({ back }: { readonly back: { readonly url: string; readonly text: string } | null }) {
  return (
    <section className="api-keys-over">
      <h1 className="api-keys-heading">This session is over</h1>
      <p>
        For your safety a visit here lasts only a short while, and a link opens it once. Your keys are as you left them. To go on, open your
        API keys again from the application that sent you here.
      </p>
      {back !== null && (
        <p>
          <a className="api-keys-button" data-look="primary" href={back.url} rel="noreferrer">
            {back.text}
          </a>
        </p>
      )}
    </section>
  );
}
