/** Whose keys a visitor may manage. */
export interface PortalOwner {
  /** Lower-case, such as `user`, `organization`, `team`. */
  readonly type: string;
  readonly id: string;
  /** How the page calls them. */
  readonly name?: string | undefined;
}

/** A function of the host application: who the owner is, or whether the visitor may be here at all. */
export type HostMethod = (request: Request) => unknown;

export interface PortalHostOptions {
  /** Origin of Latchkey, such as `https://tokens.example.com`. */
  readonly latchkeyUrl: string;
  /** A credential of an administrator for each session, such as a JWT from `GET /api/auth/token`. It stays on this server. */
  readonly readCredential: () => string | Promise<string>;
  /** The host's own functions, by name. */
  readonly methods: Readonly<Record<string, HostMethod>>;
  /** Answers a `PortalOwner`, or `null` where there is none. Default: `currentUser` (S2-012, 013). */
  readonly currentOwnerMethod?: string | undefined;
  /** Answers a `Response`, such as a redirect to the login page, to turn the visitor away; nothing lets them in. Default: `authenticateUser` (S2-014). */
  readonly authenticateOwnerMethod?: string | undefined;
  /** The path that opens the portal. Default: `/settings/api-keys` (S2-011). */
  readonly mountPath?: string | undefined;
  readonly returnUrl?: string | undefined;
  readonly returnText?: string | undefined;
  readonly theme?: Readonly<Record<string, string>> | undefined;
  readonly actions?: readonly ('create' | 'edit' | 'revoke')[] | undefined;
  readonly keyTypes?: readonly string[] | undefined;
  readonly environment?: string | undefined;
  readonly ttlSeconds?: number | undefined;
  /** To be told why no session could be made; the visitor is told that it failed. */
  readonly onError?: ((error: unknown) => void) | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/**
 * The portal at a path of a host application: whoever asks for it is authenticated by the host, gets a session for their owner, and is
 * sent to the page. Takes and gives what `fetch` does, so it fits every server that speaks it; `null` for requests that are not for it.
 *
 * @throws TypeError at once where one of the two functions does not exist (S2-015).
 */
export function createPortalHost(options: PortalHostOptions): (request: Request) => Promise<Response | null> {
  const { mountPath = '/settings/api-keys', onError } = options;
  const currentOwner = methodOf(options, options.currentOwnerMethod ?? 'currentUser');
  const authenticate = methodOf(options, options.authenticateOwnerMethod ?? 'authenticateUser');
  return async (request) => {
    if (new URL(request.url).pathname.replace(/\/+$/, '') !== mountPath.replace(/\/+$/, '')) return null;
    if (request.method !== 'GET') return plain(405, 'Open this page with a link.', { allow: 'GET' });
    const refusal = await authenticate(request);
    if (refusal instanceof Response) return refusal;
    const owner = (await currentOwner(request)) as PortalOwner | null | undefined;
    if (!owner) return plain(403, 'There is nobody here whose API keys could be shown.');
    try {
      return new Response(null, { status: 303, headers: { ...PRIVATE, location: await requestSession(options, owner) } });
    } catch (error) {
      onError?.(error);
      return plain(502, 'Your API keys can not be opened at the moment. Try again in a few minutes.');
    }
  };
}

function methodOf({ methods }: PortalHostOptions, name: string): HostMethod {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (typeof method === 'function') return method;
  throw new TypeError(`The portal needs the function "${name}" of the host application. Give it in "methods", or name another one.`);
}

async function requestSession(options: PortalHostOptions, owner: PortalOwner): Promise<string> {
  const { latchkeyUrl, readCredential, fetch: send = fetch } = options;
  const body = {
    owner_type: owner.type,
    owner_id: owner.id,
    owner_name: owner.name,
    return_url: options.returnUrl,
    return_text: options.returnText,
    theme: options.theme,
    actions: options.actions,
    key_types: options.keyTypes,
    environment: options.environment,
    ttl_seconds: options.ttlSeconds,
  };
  const response = await send(new URL('/api/portal-sessions', latchkeyUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${await readCredential()}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`POST /api/portal-sessions answered ${response.status}: ${await response.text()}`);
  const { url } = (await response.json()) as { url: string };
  return url;
}

/** The address in the answer opens somebody's keys. */
const PRIVATE = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' } as const;

function plain(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(text, { status, headers: { ...PRIVATE, 'content-type': 'text/plain; charset=utf-8', ...headers } });
}
