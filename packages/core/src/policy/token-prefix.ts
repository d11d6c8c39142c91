import { keyTypeRuleOf, type TokenPolicy } from './token-policy.ts';

/**
 * The prefix of a new token. With a key type it comes from the type and the environment alone, `sk_live_` (S2-148, 151); without one it
 * is the policy's `tokenPrefix` (S2-147, 149, 150), or `lk_live_` where that is not set.
 */
export function tokenPrefixOf(policy: TokenPolicy, keyType: string | null, environment: string): string {
  const segment = segmentOf(policy, environment);
  const rule = keyTypeRuleOf(policy, keyType);
  if (rule !== null) return `${rule.prefix}_${segment}_`;
  return policy.tokenPrefix ?? `lk_${segment}_`;
}

/** Every prefix that the policy can give, with what it stands for. A prefix that stands for two things tells nobody which one it is. */
export function listTokenPrefixes(policy: TokenPolicy): { prefix: string; keyType: string | null; environment: string | null }[] {
  const environments = Object.keys(policy.environments);
  const typed = Object.keys(policy.keyTypes).flatMap((keyType) =>
    environments.map((environment) => ({ prefix: tokenPrefixOf(policy, keyType, environment), keyType, environment })),
  );
  if (policy.tokenPrefix !== null) return [{ prefix: policy.tokenPrefix, keyType: null, environment: null }, ...typed];
  return [
    ...environments.map((environment) => ({ prefix: tokenPrefixOf(policy, null, environment), keyType: null, environment })),
    ...typed,
  ];
}

/** The environment that a token's text names by its prefix; `null` where it names none (S2-111). */
export function environmentOfPrefix(policy: TokenPolicy, prefix: string): string | null {
  return listTokenPrefixes(policy).find((known) => known.prefix === prefix)?.environment ?? null;
}

function segmentOf(policy: TokenPolicy, environment: string): string {
  return Object.hasOwn(policy.environments, environment) ? (policy.environments[environment]?.segment ?? environment) : environment;
}
