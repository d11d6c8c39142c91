import type { Token } from '@latchkey/api/schemas';
import { usePolicy } from './use-policy.ts';

/** Whether a token of its type can be revoked and deleted by itself. One of a type that is not configured (any more) can. */
export function useIsRevocable({ keyType }: Pick<Token, 'keyType'>): boolean {
  return usePolicy().data?.keyTypes.find(({ name }) => name === keyType)?.revocable ?? true;
}
