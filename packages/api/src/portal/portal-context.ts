import type { Actor, PortalSessionView } from '@latchkey/database';
import type { ApiParts } from '../context.ts';

/** One call in the portal: the parts it needs, and the session as its only identity. There is no account here. */
export interface PortalContext
  extends Pick<ApiParts, 'tokens' | 'owners' | 'usage' | 'mint' | 'policy' | 'portal' | 'now' | 'tokensChanged'> {
  /** `null`: none, or one that is over. */
  readonly session: PortalSessionView | null;
  readonly requestId: string;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** A call in an open session. */
export interface OwnerContext extends PortalContext {
  readonly session: PortalSessionView;
  readonly actor: Actor;
}

/** The audit's view of an owner: by session, because that says who let them in, and when. */
export function ownerActorOf(context: PortalContext, session: PortalSessionView): Actor {
  const name = session.ownerName ?? `${session.ownerType} ${session.ownerId}`;
  return { id: `portal:${session.id}`, name, ipAddress: context.ipAddress, userAgent: context.userAgent };
}
