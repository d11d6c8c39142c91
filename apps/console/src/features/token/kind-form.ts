import type { Policy, Token } from '@latchkey/api/schemas';
import { z } from 'zod';

/** What sort of token it is: decided once, when it is made. */
export interface KindValues {
  /** `''`: none. */
  keyType: string;
  environment: string;
}

export const kindSchema = z.object({ keyType: z.string(), environment: z.string() });

export function kindValues(policy: Policy, source: Pick<Token, 'keyType' | 'environment'> | null): KindValues {
  const known = (names: { name: string }[], name: string | null | undefined) => names.find((each) => each.name === name)?.name;
  return {
    keyType: known(policy.keyTypes, source ? source.keyType : policy.keyTypes[0]?.name) ?? '',
    environment: known(policy.environments, source?.environment) ?? policy.currentEnvironment,
  };
}

export function kindInput({ keyType, environment }: KindValues) {
  return { environment, ...(keyType === '' ? {} : { keyType }) };
}

export const KIND_FIELDS = { keyType: 'keyType', environment: 'environment', prefix: 'environment' };

/** How the text of such a token begins: `sk_live_`. */
export function prefixOf(policy: Policy, { keyType, environment }: KindValues): string {
  const type = policy.keyTypes.find(({ name }) => name === keyType);
  return type?.prefixes[environment] ?? policy.environments.find(({ name }) => name === environment)?.prefix ?? '';
}
