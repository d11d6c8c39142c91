import { type ErrorDetail, OPERATION_ERRORS, OperationError, type OperationErrorCode } from '@latchkey/core';
import { TRPCError } from '@trpc/server';
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';
import { ZodError } from 'zod';
import { isUnavailable } from './is-unavailable.ts';

/** What a caller is told about a failed operation. A defect tells nothing but its code; the log has the rest. */
export interface Fault {
  readonly code: OperationErrorCode;
  readonly status: number;
  /** The short text of the code. */
  readonly error: string;
  /** What is wrong and what to change. */
  readonly message: string;
  /** Faults of the input; paths in the procedure's own names (`allowedEndpoints.0`). */
  readonly details: readonly ErrorDetail[];
}

const DEFECT = 'The operation failed on our side. Try again; if it stays, give the request id to whoever runs this server.';

const UNAVAILABLE = 'The database can not be reached at the moment. Try again in a few seconds.';

/** tRPC's own refusals that have a counterpart in our closed set; anything else is a defect. */
const FROM_TRPC: Partial<Record<TRPC_ERROR_CODE_KEY, OperationErrorCode>> = {
  PARSE_ERROR: 'VALIDATION_ERROR',
  BAD_REQUEST: 'VALIDATION_ERROR',
  NOT_FOUND: 'NOT_FOUND',
  METHOD_NOT_SUPPORTED: 'METHOD_NOT_ALLOWED',
  PAYLOAD_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  UNSUPPORTED_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
};

/** The one translation of anything thrown in an operation, for tRPC and REST alike. */
export function toFault(error: unknown): Fault {
  if (error instanceof OperationError) return fault(error.code, error.message, error.details);
  if (isUnavailable(error)) return fault('TEMPORARILY_UNAVAILABLE', UNAVAILABLE);
  if (!(error instanceof TRPCError)) return fault('INTERNAL_ERROR', DEFECT);
  if (error.cause instanceof OperationError) return toFault(error.cause);
  const code = FROM_TRPC[error.code] ?? 'INTERNAL_ERROR';
  if (code === 'INTERNAL_ERROR') return fault(code, DEFECT);
  if (error.cause instanceof ZodError) return fault(code, 'Invalid input', detailsOf(error.cause));
  return fault(code, error.code === 'BAD_REQUEST' ? 'The input can not be read as JSON.' : error.message);
}

/** Whether we are to blame: to be logged with the request id. */
export function isDefect(error: unknown): boolean {
  return toFault(error).status >= 500;
}

function fault(code: OperationErrorCode, message: string, details: readonly ErrorDetail[] = []): Fault {
  return { code, ...OPERATION_ERRORS[code], message, details };
}

function detailsOf(error: ZodError): ErrorDetail[] {
  return error.issues.map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message }));
}
