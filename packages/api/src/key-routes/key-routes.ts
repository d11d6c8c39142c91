import type { z } from 'zod';
import { createKey } from './create-key.ts';
import { deleteExpiredKeys } from './delete-expired-keys.ts';
import { deleteKey } from './delete-key.ts';
import { getKey } from './get-key.ts';
import type { KeyRouteContext } from './key-route-context.ts';
import {
  cleanupResultSchema,
  createdKeySchema,
  createKeyBodySchema,
  deleteKeyBodySchema,
  getKeyQuerySchema,
  keyListSchema,
  keyRecordSchema,
  listKeysQuerySchema,
  successSchema,
  updateKeyBodySchema,
  verificationSchema,
  verifyKeyBodySchema,
} from './key-schemas.ts';
import { listKeys } from './list-keys.ts';
import { updateKey } from './update-key.ts';
import { verifyKey } from './verify-key.ts';

/** The operations in the order of S3-001. */
export const KEY_ROUTE_NAMES = [
  'create_api_key',
  'verify_api_key',
  'get_api_key',
  'update_api_key',
  'delete_api_key',
  'list_api_keys',
  'delete_all_expired_api_keys',
] as const;
export type KeyRouteName = (typeof KEY_ROUTE_NAMES)[number];

/** One call that better-auth clients make: where, with what, and what comes back. */
export interface KeyRoute {
  /** Below `/api/auth/api-key/` (G-14). */
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly description: string;
  /** What somebody is told who is not signed in. */
  readonly unauthenticated: 'UNAUTHORIZED' | 'UNAUTHORIZED_SESSION';
  /** Of the answer, which is always a 200 (S3-010). */
  readonly answered: string;
  /** What the query string or the body must be; `null`: the call takes nothing. */
  readonly input: z.ZodObject | null;
  readonly output: z.ZodObject;
  /** Validates the input and makes the call. Rejects with `ZodError`, `KeyError`, `OperationError`, or a defect. */
  readonly call: (ctx: KeyRouteContext, input: unknown) => Promise<unknown>;
}

interface Shape<Input extends z.ZodObject, Output extends z.ZodObject> extends Omit<KeyRoute, 'input' | 'output' | 'call'> {
  readonly input: Input;
  readonly output: Output;
  readonly run: (ctx: KeyRouteContext, input: z.infer<Input>) => Promise<z.infer<Output>>;
}

function route<Input extends z.ZodObject, Output extends z.ZodObject>({ run, ...shape }: Shape<Input, Output>): KeyRoute {
  return { ...shape, call: (ctx, input) => run(ctx, shape.input.parse(input)) };
}

export const KEY_ROUTES: Readonly<Record<KeyRouteName, KeyRoute>> = {
  create_api_key: route({
    path: 'create',
    unauthenticated: 'UNAUTHORIZED_SESSION',
    method: 'POST',
    description: 'Create a new API key for a user',
    answered: 'API key created successfully',
    input: createKeyBodySchema,
    output: createdKeySchema,
    run: createKey,
  }),
  verify_api_key: route({
    path: 'verify',
    unauthenticated: 'UNAUTHORIZED_SESSION',
    method: 'POST',
    description: 'Verify and rate-limit an API key',
    answered: 'API key verification result',
    input: verifyKeyBodySchema,
    output: verificationSchema,
    run: verifyKey,
  }),
  get_api_key: route({
    path: 'get',
    unauthenticated: 'UNAUTHORIZED',
    method: 'GET',
    description: 'Get an API key by ID',
    answered: 'API key retrieved successfully',
    input: getKeyQuerySchema,
    output: keyRecordSchema,
    run: getKey,
  }),
  update_api_key: route({
    path: 'update',
    unauthenticated: 'UNAUTHORIZED_SESSION',
    method: 'POST',
    description: 'Update an existing API key by ID',
    answered: 'API key updated successfully',
    input: updateKeyBodySchema,
    output: keyRecordSchema,
    run: updateKey,
  }),
  delete_api_key: route({
    path: 'delete',
    unauthenticated: 'UNAUTHORIZED',
    method: 'POST',
    description: 'Delete an API key by ID',
    answered: 'API key deleted successfully',
    input: deleteKeyBodySchema,
    output: successSchema,
    run: deleteKey,
  }),
  list_api_keys: route({
    path: 'list',
    unauthenticated: 'UNAUTHORIZED',
    method: 'GET',
    description: 'List all API keys for the authenticated user or for a specific organization',
    answered: 'API keys retrieved successfully',
    input: listKeysQuerySchema,
    output: keyListSchema,
    run: listKeys,
  }),
  delete_all_expired_api_keys: {
    path: 'delete-all-expired-api-keys',
    unauthenticated: 'UNAUTHORIZED_SESSION',
    method: 'POST',
    description: 'Delete all expired API keys',
    answered: 'Expired API key cleanup result',
    input: null,
    output: cleanupResultSchema,
    call: deleteExpiredKeys,
  },
};
