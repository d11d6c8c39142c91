import { TRPCClientError } from '@trpc/client';
import { CliError } from './cli-error.ts';
import { EXIT, type ExitCode } from './exit-code.ts';

const EXIT_OF: Readonly<Record<string, ExitCode>> = {
  VALIDATION_ERROR: EXIT.usage,
  UNAUTHENTICATED: EXIT.notSignedIn,
  TEMPORARILY_UNAVAILABLE: EXIT.unreachable,
};

/** Anything thrown, in the words and with the exit code of this program. */
export function toCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof TRPCClientError) return fromTrpc(error);
  // Inquirer says so by name: its class belongs to a package of its own.
  if (error instanceof Error && error.name === 'ExitPromptError') {
    return new CliError('Interrupted.', { exitCode: EXIT.interrupted, code: 'INTERRUPTED' });
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new CliError('This is a fault of the program itself.', { code: 'DEFECT', details: text.split('\n') });
}

function fromTrpc(error: TRPCClientError<never>): CliError {
  const data: unknown = error.data;
  if (!isFault(data)) return error.cause instanceof CliError ? error.cause : notLatchkey();
  const details = data.details.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  const requestId = data.httpStatus >= 500 && data.requestId ? [`Request id: ${data.requestId}`] : [];
  return new CliError(messageOf(error.message, data.code), {
    exitCode: EXIT_OF[data.code] ?? EXIT.failed,
    code: data.code,
    details: [...details, ...requestId],
  });
}

/** tRPC itself answers for procedures that are not there: another version of the server, not a wrong token. */
function messageOf(message: string, code: string): string {
  if (code === 'NOT_FOUND' && /^No procedure found on path/.test(message)) {
    return 'This server does not know the operation. It may be older than this program: see latchkey doctor.';
  }
  return code === 'UNAUTHENTICATED' ? 'The server does not accept this credential (any more). Sign in with "latchkey login".' : message;
}

export function notLatchkey(): CliError {
  return new CliError('The answer does not come from a Latchkey server. Check the address.', {
    exitCode: EXIT.unreachable,
    code: 'NOT_LATCHKEY',
  });
}

interface Fault {
  readonly code: string;
  readonly httpStatus: number;
  readonly requestId: string | null;
  readonly details: readonly { readonly path: string; readonly message: string }[];
}

function isFault(data: unknown): data is Fault {
  return (
    typeof data === 'object' &&
    data !== null &&
    'code' in data &&
    typeof data.code === 'string' &&
    'details' in data &&
    Array.isArray(data.details)
  );
}
