import { OperationError } from '@latchkey/core';
import { describe, expect, test } from 'vitest';
import { withOperationErrors } from './operation-errors.ts';

const failingWith = (error: unknown) => withOperationErrors({ work: () => Promise.reject(error) }).work();
const coded = (code: string, message = 'no') => Object.assign(new Error(message), { code });

describe('a failure', () => {
  test.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', '08006', '57P01', '57P03', '53300'])(
    'with %s is a database that is away',
    async (code) => {
      await expect(failingWith(coded(code))).rejects.toMatchObject({ code: 'TEMPORARILY_UNAVAILABLE' });
    },
  );

  test.each(['Connection terminated unexpectedly', 'timeout exceeded when trying to connect', 'Query read timeout'])(
    'saying "%s" too',
    async (message) => {
      await expect(failingWith(new Error(message))).rejects.toMatchObject({ code: 'TEMPORARILY_UNAVAILABLE' });
    },
  );

  test('is recognised in what caused it, and in one of several', async () => {
    const wrapped = new Error('driver', { cause: new AggregateError([coded('ECONNREFUSED')]) });
    await expect(failingWith(wrapped)).rejects.toMatchObject({ code: 'TEMPORARILY_UNAVAILABLE' });
  });

  test('to answer in time says so', async () => {
    await expect(failingWith(coded('57014'))).rejects.toThrow(/too long/);
  });

  test('of an operation is passed on as it is', async () => {
    const error = new OperationError('NOT_FOUND', 'gone');
    await expect(failingWith(error)).rejects.toBe(error);
  });

  test.each(['23505', '42P01', '08P01'])('with %s is a defect and passed on as it is', async (code) => {
    const error = coded(code);
    await expect(failingWith(error)).rejects.toBe(error);
  });
});
