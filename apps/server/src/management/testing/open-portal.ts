import type { Management } from './open-management.ts';
import type { Received, Sent } from './sender.ts';
import type { SignedIn } from './sign-in.ts';

type Json = Record<string, unknown>;

/** A session of the portal that its owner has opened with the link. */
export interface OpenPortal {
  readonly id: number;
  /** For the field `Cookie`; `''` in a session for a foreign page. */
  readonly cookie: string;
  readonly bearer: string | null;
  /** Calls as the page does. */
  call(method: string, path: string, body?: unknown, headers?: Sent['headers']): Promise<Received>;
}

export async function requestPortal(
  management: Management,
  admin: SignedIn,
  wanted: Json,
): Promise<{ link: string; id: number; url: string }> {
  const headers = { authorization: `Bearer ${admin.jwt}` };
  const answer = await management.send('/api/portal-sessions', { method: 'POST', body: wanted, headers });
  if (answer.status !== 201) throw new Error(`POST /api/portal-sessions answered ${answer.status} ${answer.text}`);
  const { url, session } = answer.json as { url: string; session: { id: number } };
  return { url, id: session.id, link: url.split('#token=')[1] ?? '' };
}

export function useLink(management: Management, link: string, headers: Sent['headers'] = {}): Promise<Received> {
  return management.send('/api/portal/session', { method: 'POST', headers: { authorization: `Bearer ${link}`, ...headers } });
}

/** Asks for a session as an administrator and opens it as its owner. */
export async function openPortal(management: Management, admin: SignedIn, wanted: Json): Promise<OpenPortal> {
  const { link, id } = await requestPortal(management, admin, wanted);
  const opened = await useLink(management, link);
  if (opened.status !== 200) throw new Error(`The link was answered ${opened.status} ${opened.text}`);
  const [setCookie = ''] = [opened.headers['set-cookie'] ?? []].flat();
  const cookie = setCookie.split(';', 1)[0] ?? '';
  const { bearer } = opened.json as { bearer: string | null };
  const credential: Record<string, string> = bearer === null ? { cookie, origin: management.url } : { authorization: `Bearer ${bearer}` };
  return {
    id,
    cookie,
    bearer,
    call: (method, path, body, headers = {}) =>
      management.send(path, { method, ...(body === undefined ? {} : { body }), headers: { ...credential, ...headers } }),
  };
}
