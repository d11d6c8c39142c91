/** The closed set of things that can go wrong in a management operation, with the HTTP status each becomes. */
export const OPERATION_ERRORS = {
  VALIDATION_ERROR: { status: 400, error: 'Invalid input' },
  UNAUTHENTICATED: { status: 401, error: 'Authentication required' },
  FORBIDDEN: { status: 403, error: 'Forbidden' },
  NOT_FOUND: { status: 404, error: 'Not found' },
  METHOD_NOT_ALLOWED: { status: 405, error: 'Method not allowed' },
  CONFLICT: { status: 409, error: 'Conflict' },
  PAYLOAD_TOO_LARGE: { status: 413, error: 'Payload too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, error: 'Unsupported media type' },
  LIMIT_REACHED: { status: 422, error: 'Limit reached' },
  TOO_MANY_REQUESTS: { status: 429, error: 'Too many requests' },
  INTERNAL_ERROR: { status: 500, error: 'Internal error' },
  TEMPORARILY_UNAVAILABLE: { status: 503, error: 'Temporarily unavailable' },
} as const;

/** The closed set of what an operation can fail with. */
export type OperationErrorCode = keyof typeof OPERATION_ERRORS;

/** One fault of an input: where, and what to change. */
export interface ErrorDetail {
  readonly path: string;
  readonly message: string;
}

/** An operation that could not be done: thrown in `database` and `api`, translated once at the edge. */
export class OperationError extends Error {
  readonly code: OperationErrorCode;
  readonly details: readonly ErrorDetail[];

  /** @param message says what is wrong and what to change; it is shown to the caller. */
  constructor(code: OperationErrorCode, message: string, details: readonly ErrorDetail[] = []) {
    super(message);
    this.name = 'OperationError';
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return OPERATION_ERRORS[this.code].status;
  }
}
