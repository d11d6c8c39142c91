import type { ApiContext } from '../context.ts';

/** Which token secrets the stored digests hang on, newest first: an old one may go when no token is left under it. */
export async function countTokenSecrets({ secrets, mint }: Pick<ApiContext, 'secrets' | 'mint'>) {
  const counts = await secrets.count();
  const stored = counts.filter(({ algorithm }) => algorithm === 'hmac-sha256');
  const unkeyed = (algorithm: string) => counts.find((count) => count.algorithm === algorithm)?.secrets ?? 0;
  const known = mint.versions;
  const unknown = stored.map(({ version }) => version).filter((version) => !known.includes(version));
  const versions = [...known, ...unknown].map((version) => ({
    version,
    isNewest: version === known[0],
    isConfigured: known.includes(version),
    tokens: stored.find((count) => count.version === version)?.secrets ?? 0,
  }));
  return { versions, unkeyed: { sha256: unkeyed('sha256'), bcrypt: unkeyed('bcrypt') } };
}
