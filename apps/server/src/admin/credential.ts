/** What a management request came with. The first credential that is present is the only candidate. */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'session' }
  | { readonly kind: 'jwt'; readonly text: string }
  /** Something else, such as an API token: refused, and never tried as anything else. */
  | { readonly kind: 'foreign' };

const BEARER = /^bearer +(\S+) *$/i;
/** Three base64url parts: the shape of a JWT (RFC 7519 §3) and not that of an API token, which has no dot. */
const JWT_SHAPE = /^[\w-]+\.[\w-]+\.[\w-]*$/;
const LONGEST_JWT = 4_096;

/**
 * Tells the credentials of a management request apart by shape alone (contract §2). A scheme other than `Bearer` belongs to
 * something in front of this server and leaves the session to speak.
 */
export function readCredential(authorization: string | null, hasSessionCookie: boolean): Credential {
  if (authorization !== null && /^bearer\b/i.test(authorization)) return readBearer(authorization);
  return { kind: hasSessionCookie ? 'session' : 'none' };
}

function readBearer(authorization: string): Credential {
  const text = BEARER.exec(authorization)?.[1];
  if (text === undefined || text.length > LONGEST_JWT || !JWT_SHAPE.test(text)) return { kind: 'foreign' };
  return { kind: 'jwt', text };
}
