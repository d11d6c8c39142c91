import { createServer } from 'node:http';
import type { OwnTokenParts } from '@latchkey/api';
import type { Admission } from '@latchkey/bearer-auth';
import { listen, send } from '@latchkey/bearer-auth/testing';
import { expect, it, onTestFinished } from 'vitest';
import { createOwnTokenHandler } from './create-self-management.ts';

it('a defect outside the operation ends one request with 500, on record by its id, and not the process', async () => {
  const logged: unknown[] = [];
  const logger = { error: (fields: unknown) => void logged.push(fields) };
  const parts = {
    get mint(): never {
      throw new Error('a defect');
    },
  } as unknown as OwnTokenParts;
  const handler = createOwnTokenHandler({ parts, logger: logger as never });
  const admission = { path: '/_token', search: '', requestId: 'request-1', ip: null } as Admission;
  const door = await listen(createServer((req, res) => handler(req, res, admission)));
  onTestFinished(door.close);
  const { status, body } = await send(door.url, { path: '/' });
  expect({ status, ...body }).toMatchObject({ status: 500, code: 'INTERNAL_ERROR', request_id: 'request-1' });
  expect(logged).toEqual([{ err: expect.objectContaining({ message: 'a defect' }), request_id: 'request-1' }]);
});
