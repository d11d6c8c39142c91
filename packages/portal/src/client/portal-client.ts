import type { PortalForm, PortalKey, PortalKeyList, PortalUsage, PortalView } from '@latchkey/api/schemas';
import { camelCaseKeys } from './camel-case-keys.ts';
import { PortalError, type PortalErrorDetail } from './portal-error.ts';

export interface PortalClientOptions {
  /** Origin of Latchkey, such as `https://tokens.example.com`. Default: the page's own. */
  readonly baseUrl?: string | undefined;
  /** Default: the browser's. */
  readonly fetch?: typeof fetch | undefined;
}

export interface ListKeysQuery {
  readonly kind: 'secret' | 'publishable';
  readonly state?: 'active' | 'inactive' | 'expired' | 'revoked' | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

export interface KeyInput {
  readonly name?: string | null | undefined;
  readonly scopes?: readonly string[] | undefined;
}

export interface NewKeyInput extends KeyInput {
  readonly expiresAtPreset?: string | undefined;
}

export interface CreatedKey {
  readonly key: PortalKey;
  /** The key's text. Keep it in the state of a component and nowhere else. */
  readonly token: string;
  readonly message: string;
}

export interface ChangedKey {
  readonly key: PortalKey;
  readonly message: string;
}

/** The calls of the portal, for one session. Every method rejects with a `PortalError`. */
export interface PortalClient {
  /** Takes the secret of a link (what follows `#token=`) for the session. A link is good once; asking again with the same one here is not. */
  open(link: string): Promise<void>;
  readSession(): Promise<PortalView>;
  listKeys(query: ListKeysQuery): Promise<PortalKeyList>;
  readForm(): Promise<PortalForm>;
  readKey(id: number): Promise<{ key: PortalKey; form: PortalForm }>;
  createKey(input: NewKeyInput): Promise<CreatedKey>;
  createPublishableKey(): Promise<CreatedKey>;
  updateKey(id: number, input: KeyInput): Promise<ChangedKey>;
  revokeKey(id: number): Promise<ChangedKey>;
  /** The text of a key just made, once; `null` once it has been read, or after ten minutes. */
  takeToken(id: number): Promise<string | null>;
  /** The text of a key that may be seen again. */
  readViewableToken(id: number): Promise<string>;
  /** The last `hours` hours: 24, at most 168. */
  readUsage(id: number, hours?: number): Promise<PortalUsage>;
  endSession(): Promise<void>;
}

interface Credential {
  readonly sessionId: number;
  /** `null`: the browser has a cookie. */
  readonly bearer: string | null;
}

/** A client that keeps its credential in memory, or leaves it to the browser's cookie; it writes nothing anywhere. */
export function createPortalClient({
  baseUrl = '',
  fetch: send = (...request) => fetch(...request),
}: PortalClientOptions = {}): PortalClient {
  const root = `${baseUrl.replace(/\/+$/, '')}/api/portal`;
  let credential: Credential | null = null;
  let opening: { link: string; done: Promise<void> } | null = null;

  async function call<Answer>(method: string, path: string, body?: unknown, link?: string): Promise<Answer> {
    const bearer = link ?? credential?.bearer ?? null;
    const request: RequestInit = {
      method,
      headers: {
        ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
        ...(credential !== null && link === undefined && { 'x-portal-session': `${credential.sessionId}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      credentials: 'same-origin',
      cache: 'no-store',
    };
    const response = await send(`${root}${path}`, request).catch((cause: unknown) => Promise.reject(unreachable(cause)));
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) throw refusal(response.status, answer);
    return camelCaseKeys(answer) as Answer;
  }

  async function exchange(link: string): Promise<void> {
    const { session, bearer } = await call<{ session: { id: number }; bearer: string | null }>('POST', '/session', undefined, link);
    credential = { sessionId: session.id, bearer };
  }

  return {
    open(link) {
      // A page that draws twice, as React does while developing, must not use the link up against itself.
      if (opening?.link !== link) opening = { link, done: exchange(link) };
      return opening.done;
    },
    async readSession() {
      const view = await call<PortalView>('GET', '/session');
      credential ??= { sessionId: view.id, bearer: null };
      return view;
    },
    listKeys: (query) => call('GET', `/keys?${searchOf({ ...query })}`),
    readForm: () => call('GET', '/keys/new'),
    readKey: (id) => call('GET', `/keys/${id}/edit`),
    createKey: ({ name, scopes, expiresAtPreset }) => call('POST', '/keys', { name, scopes, expires_at_preset: expiresAtPreset }),
    createPublishableKey: () => call('POST', '/keys/create_publishable'),
    updateKey: (id, { name, scopes }) => call('PUT', `/keys/${id}`, { name, scopes }),
    revokeKey: (id) => call('POST', `/keys/${id}/revoke`),
    async takeToken(id) {
      const answer = await call<{ token: string }>('POST', `/keys/${id}/reveal`).catch((error: unknown) => {
        if (error instanceof PortalError && error.status === 404) return null;
        throw error;
      });
      return answer?.token ?? null;
    },
    readViewableToken: async (id) => (await call<{ token: string }>('GET', `/keys/${id}/token`)).token,
    readUsage: (id, hours = 24) => call('GET', `/keys/${id}/usage?hours=${hours}`),
    async endSession() {
      await call('DELETE', '/session');
      credential = null;
    },
  };
}

function searchOf(query: Record<string, unknown>): string {
  const present = Object.entries(query).filter(([, value]) => value !== undefined);
  return new URLSearchParams(present.map(([name, value]) => [name, `${value}`])).toString();
}

function unreachable(cause: unknown): PortalError {
  return new PortalError({
    message: 'The server did not answer. Check your connection and try again.',
    status: 0,
    code: 'UNREACHABLE',
    cause,
  });
}

function refusal(status: number, body: unknown): PortalError {
  const { code, message, details, request_id: requestId } = (body ?? {}) as Record<string, unknown>;
  return new PortalError({
    status,
    code: typeof code === 'string' ? code : 'UNKNOWN',
    message: typeof message === 'string' ? message : `The server answered ${status}.`,
    details: Array.isArray(details) ? (details as PortalErrorDetail[]) : [],
    requestId: typeof requestId === 'string' ? requestId : null,
  });
}
