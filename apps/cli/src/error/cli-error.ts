import { EXIT, type ExitCode } from './exit-code.ts';

export interface CliErrorFacts {
  readonly exitCode?: ExitCode;
  /** Closed set of the server, or `USAGE`, `UNREACHABLE`, `NOT_LATCHKEY`, `INTERRUPTED`. */
  readonly code?: string;
  /** Further lines: what is wrong in particular, what to do. */
  readonly details?: readonly string[];
}

/** A command that can not be done, in words for the person who typed it. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly details: readonly string[];

  constructor(message: string, { exitCode = EXIT.failed, code = 'FAILED', details = [] }: CliErrorFacts = {}) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
    this.code = code;
    this.details = details;
  }
}

export function usageError(message: string, ...details: readonly string[]): CliError {
  return new CliError(message, { exitCode: EXIT.usage, code: 'USAGE', details });
}

export function notSignedIn(message: string, ...details: readonly string[]): CliError {
  return new CliError(message, { exitCode: EXIT.notSignedIn, code: 'UNAUTHENTICATED', details });
}
