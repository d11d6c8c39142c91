import { TRPCClientError } from '@trpc/client';
import { z } from 'zod';

const errorDataSchema = z.object({
  code: z.string().optional().catch(undefined),
  httpStatus: z.number().optional().catch(undefined),
  requestId: z.string().optional().catch(undefined),
  details: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .optional()
    .catch(undefined),
});

export type ErrorKind = 'unauthenticated' | 'forbidden' | 'not_found' | 'invalid' | 'conflict' | 'too_many' | 'offline' | 'failed';

/** What a person needs to know about a call that failed. */
export interface RequestError {
  readonly kind: ErrorKind;
  /** Sentence from the server where it has one to give. */
  readonly message: string;
  readonly requestId: string | null;
  /** Faults of the input by field. */
  readonly details: readonly { path: string; message: string }[];
}

const KINDS: Readonly<Record<number, ErrorKind>> = {
  400: 'invalid',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  422: 'conflict',
  429: 'too_many',
};

/** Where the server speaks to programs, or has nothing to say. */
const MESSAGES: Readonly<Partial<Record<ErrorKind, string>>> = {
  unauthenticated: 'Your session has ended. Sign in, then try again.',
  failed: 'Latchkey could not do this. The server’s log says why under the request id.',
};

/** Reads any thrown value. */
export function readRequestError(error: unknown): RequestError {
  if (!(error instanceof TRPCClientError)) {
    return { kind: 'failed', message: 'Something went wrong in the console itself. Reload the page.', requestId: null, details: [] };
  }
  const data = errorDataSchema.safeParse(error.data).data;
  if (!data) {
    return {
      kind: 'offline',
      message: 'Latchkey did not answer. Check that the server is running, and your network.',
      requestId: null,
      details: [],
    };
  }
  const kind = KINDS[data.httpStatus ?? 500] ?? 'failed';
  const message = MESSAGES[kind] ?? error.message;
  return { kind, message, requestId: data.requestId ?? null, details: data.details ?? [] };
}

/** Faults by field name, as forms want them. */
export function readFieldErrors(error: unknown): Record<string, string> {
  return Object.fromEntries(readRequestError(error).details.map(({ path, message }) => [path, message]));
}
