import { describe, expect, it } from 'vitest';
import { isTokenStateRequest } from '../self-management/create-token-state.ts';
import { createThreadRule } from './is-served-by-thread.ts';

const isServed = createThreadRule({ selfManagement: false });
const withOwnTokens = createThreadRule({ selfManagement: true });

describe('a thread answers itself', () => {
  it.each(['/api', '/api/products?x=1', '/api/tokenss', '/api/_tokens', '/api/%74okens', '/auth/verify'])('%s', (target) => {
    expect(isServed(target)).toBe(true);
    expect(withOwnTokens(target)).toBe(true);
  });

  it.each(['/api/tokens', '/api/tokens/7', '/api/tokens?x=1'])('%s, where tokens do not manage tokens', (target) => {
    expect(isServed(target)).toBe(true);
    expect(withOwnTokens(target)).toBe(false);
  });
});

it.each(['/', '/trpc/token.list', '/api/api-tokens', '/api/auth/token', '/healthz', '*', '/api/_token', '/api/_token?x=1'])(
  'the main thread answers %s',
  (target) => {
    expect(isServed(target)).toBe(false);
  },
);

it.each(['/api/_token', '/api/_token?', '/api/_token/', '/api/_tokens', '/api/_token%20', '/api/products'])(
  'what a token asks of itself is told apart as in the main thread: %s',
  (target) => {
    expect(isServed(target)).toBe(!isTokenStateRequest(target));
  },
);
