import { OperationError } from '@latchkey/core';
import { TRPCError } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isDefect, toFault } from './to-fault.ts';
import { toTrpcError } from './to-trpc-error.ts';

const zodFault = z.object({ allowedEndpoints: z.array(z.string()) }).safeParse({ allowedEndpoints: [1] }).error;

describe('toFault', () => {
  it('tells what an operation error says', () => {
    const error = new OperationError('CONFLICT', 'It is revoked.');
    const expected = { code: 'CONFLICT', status: 409, error: 'Conflict', message: 'It is revoked.', details: [] };
    expect(toFault(error)).toEqual(expected);
    expect(toFault(new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: error }))).toEqual(expected);
  });

  it('names the places of an input’s faults', () => {
    const fault = toFault(new TRPCError({ code: 'BAD_REQUEST', cause: zodFault }));
    expect(fault).toMatchObject({ code: 'VALIDATION_ERROR', status: 400, details: [{ path: 'allowedEndpoints.0' }] });
  });

  it('tells nothing of a defect', () => {
    for (const defect of [
      new Error('secret detail'),
      new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'secret detail' }),
      'secret detail',
    ]) {
      expect(JSON.stringify(toFault(defect))).not.toContain('secret');
      expect(toFault(defect)).toMatchObject({ code: 'INTERNAL_ERROR', status: 500 });
      expect(isDefect(defect)).toBe(true);
    }
  });

  it('takes an answer that breaks its own schema for a defect, not for a fault of the input', () => {
    const error = new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'Output validation failed', cause: zodFault });
    expect(toFault(error)).toMatchObject({ code: 'INTERNAL_ERROR', details: [] });
  });

  it.each(['ECONNREFUSED', '57P01', '57014', '53300', '08006'])('takes %s, however deep, for a database that is away', (code) => {
    const deep = new Error('outer', { cause: Object.assign(new Error('inner'), { code }) });
    expect(toFault(deep)).toMatchObject({ code: 'TEMPORARILY_UNAVAILABLE', status: 503 });
    expect(toTrpcError(deep).code).toBe('SERVICE_UNAVAILABLE');
  });

  it.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Query read timeout',
    'Client has encountered a connection error and is not queryable',
  ])('takes "%s" for a database that is away', (message) => {
    expect(toFault(new Error('outer', { cause: new Error(message) }))).toMatchObject({ code: 'TEMPORARILY_UNAVAILABLE', status: 503 });
  });

  it('does not take a wrong statement for a database that is away', () => {
    expect(toFault(Object.assign(new Error('syntax'), { code: '42601' })).code).toBe('INTERNAL_ERROR');
  });
});
