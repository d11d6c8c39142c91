/** One fault of an input: where, in the names of the REST (`expires_at_preset`), and what to change. */
export interface PortalErrorDetail {
  readonly path: string;
  readonly message: string;
}

/** A call that the server refused, or that did not reach it (`status: 0`, `code: 'UNREACHABLE'`). `message` can be shown. */
export class PortalError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: readonly PortalErrorDetail[];
  /** To be given to whoever runs the server; `null` where there was no answer. */
  readonly requestId: string | null;

  constructor(fault: {
    message: string;
    status: number;
    code: string;
    details?: readonly PortalErrorDetail[];
    requestId?: string | null;
    cause?: unknown;
  }) {
    super(fault.message, { cause: fault.cause });
    this.name = 'PortalError';
    this.status = fault.status;
    this.code = fault.code;
    this.details = fault.details ?? [];
    this.requestId = fault.requestId ?? null;
  }
}
