import { expect, it } from 'vitest';
import * as bearerAuth from './index.ts';

it('exports exactly what it promises', () => {
  expect(Object.keys(bearerAuth).toSorted()).toEqual([
    'canonicalAddress',
    'createGuard',
    'createMemoryCounter',
    'createQuotaKeeper',
    'createSpoolReader',
    'createTokenCache',
    'createTokenDigester',
    'createTokenFinder',
    'createTokenMint',
    'createTokenVerifier',
    'findCredential',
    'openSpool',
    'rateLimitHeaders',
    'renderDenial',
  ]);
});
