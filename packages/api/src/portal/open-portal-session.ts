import { OperationError } from '@latchkey/core';
import type { PortalSessionView } from '@latchkey/database';
import type { ApiParts } from '../context.ts';

export interface OpenedPortalSession {
  readonly session: PortalSessionView;
  /** What the session is known by from now on; stored as a digest only. */
  readonly bearer: string;
}

const USED = 'This link has been used, or it is too old. Open the API keys again from where you came.';

/** Takes the secret of a link for a session. `UNAUTHENTICATED` for everything but the first use of a link that is still good. */
export async function openPortalSession(
  { portal }: Pick<ApiParts, 'portal'>,
  link: string,
  from: { readonly ipAddress: string | null; readonly userAgent: string | null },
): Promise<OpenedPortalSession> {
  const linkDigest = portal.mint.digest('link', link);
  if (linkDigest === null) throw new OperationError('UNAUTHENTICATED', USED);
  const bearer = portal.mint.newSecret('bearer');
  const bearerDigest = portal.mint.digest('bearer', bearer);
  if (bearerDigest === null) throw new Error('The portal mint does not know its own secret.');
  const session = await portal.sessions.open(linkDigest, bearerDigest, from);
  if (!session) throw new OperationError('UNAUTHENTICATED', USED);
  return { session, bearer };
}
