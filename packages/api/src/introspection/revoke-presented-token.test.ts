import { OperationError, type OperationErrorCode } from '@latchkey/core';
import { aTokenRecord } from '@latchkey/core/testing';
import type { Actor } from '@latchkey/database';
import { expect, it, vi } from 'vitest';
import type { ApiContext } from '../context.ts';
import { revokePresentedToken } from './revoke-presented-token.ts';

/** A token that is found, and then can not be revoked any more. */
function contextThatFailsWith(code: OperationErrorCode) {
  const parts = {
    findToken: async () => aTokenRecord({ id: 12 }),
    tokens: { revoke: () => Promise.reject(new OperationError(code, 'no')) },
    tokensChanged: vi.fn(),
    now: () => 0,
  };
  return parts as unknown as ApiContext & { actor: Actor };
}

it('takes a token that was deleted since it was found for one that is not valid, as RFC 7009 wants it', async () => {
  expect(await revokePresentedToken(contextThatFailsWith('NOT_FOUND'), 'text')).toEqual({ id: null });
});

it('says so where the token can not be revoked', async () => {
  await expect(revokePresentedToken(contextThatFailsWith('CONFLICT'), 'text')).rejects.toMatchObject({ code: 'CONFLICT' });
});
