import type { SpoolProblem } from '@latchkey/bearer-auth';
import type { Logger } from 'pino';

/** Tells whoever runs it of what happens to the spool. */
export function logSpoolProblem(logger: Logger): (problem: SpoolProblem) => void {
  return ({ kind, message, error }) => logger[kind === 'write_recovered' ? 'info' : 'warn']({ kind, err: error }, message);
}

/** The guard answers 503 then; whoever runs it is told why. */
export function logQuotaProblem(logger: Logger): (error: unknown) => void {
  return (error) => logger.warn({ err: error }, 'A quota could not be counted: requests beyond what is leased are answered 503');
}
