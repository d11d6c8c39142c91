import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey, jwtVerify } from 'jose';

export const JWT_ISSUER = 'latchkey';
export const JWT_AUDIENCE = 'latchkey-management';
export const JWT_LIFETIME = '15m';

/** A key nobody knows makes us look again for keys, at most this often: otherwise forged key ids would cost a query each. */
const RELOAD_AFTER_MS = 1_000;

/** Whom a verified JWT speaks for. */
export interface JwtSubject {
  readonly userId: string;
  readonly sessionId: string;
}

/**
 * Verifies administrators' JWTs against our own keys: EdDSA only, our issuer and audience, not expired. Answers `null` for
 * anything else; rejects only when the keys can not be read.
 */
export function createJwtVerifier(options: { loadKeys: () => Promise<JSONWebKeySet>; now: () => number }) {
  let keys: JWTVerifyGetKey | null = null;
  let loadedAt = Number.NEGATIVE_INFINITY;

  const reload = async (): Promise<JWTVerifyGetKey> => {
    loadedAt = options.now();
    keys = createLocalJWKSet(await options.loadKeys());
    return keys;
  };

  return async (text: string): Promise<JwtSubject | null> => {
    const first = await verify(text, keys ?? (await reload()), options.now());
    if (first !== 'unknown-key') return first;
    if (options.now() - loadedAt < RELOAD_AFTER_MS) return null;
    const second = await verify(text, await reload(), options.now());
    return second === 'unknown-key' ? null : second;
  };
}

async function verify(text: string, keys: JWTVerifyGetKey, now: number): Promise<JwtSubject | 'unknown-key' | null> {
  try {
    const { payload } = await jwtVerify(text, keys, {
      algorithms: ['EdDSA'],
      issuer: JWT_ISSUER,
      audience: JWT_AUDIENCE,
      requiredClaims: ['exp', 'iat', 'sub', 'sid'],
      currentDate: new Date(now),
    });
    const { sub, sid } = payload;
    return typeof sub === 'string' && typeof sid === 'string' ? { userId: sub, sessionId: sid } : null;
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return 'unknown-key';
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}
