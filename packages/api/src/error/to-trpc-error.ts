import type { OperationErrorCode } from '@latchkey/core';
import { TRPCError } from '@trpc/server';
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';
import { toFault } from './to-fault.ts';

/** The HTTP status of a tRPC answer follows from tRPC's own code, so every error of ours has to be given one. */
const TRPC_CODES = {
  VALIDATION_ERROR: 'BAD_REQUEST',
  UNAUTHENTICATED: 'UNAUTHORIZED',
  FORBIDDEN: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND',
  METHOD_NOT_ALLOWED: 'METHOD_NOT_SUPPORTED',
  CONFLICT: 'CONFLICT',
  PAYLOAD_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  UNSUPPORTED_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  LIMIT_REACHED: 'UNPROCESSABLE_CONTENT',
  TOO_MANY_REQUESTS: 'TOO_MANY_REQUESTS',
  INTERNAL_ERROR: 'INTERNAL_SERVER_ERROR',
  TEMPORARILY_UNAVAILABLE: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<OperationErrorCode, TRPC_ERROR_CODE_KEY>;

/** Anything thrown as the tRPC error whose status is the right one; what was thrown stays its cause. */
export function toTrpcError(error: unknown): TRPCError {
  const { code, message } = toFault(error);
  if (error instanceof TRPCError && error.code === TRPC_CODES[code]) return error;
  return new TRPCError({ code: TRPC_CODES[code], message, cause: error instanceof TRPCError ? error.cause : error });
}
