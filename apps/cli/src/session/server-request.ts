import { CliError } from '../error/cli-error.ts';
import { EXIT } from '../error/exit-code.ts';

/** One request to a server, answered or refused in words. Credentials never follow a redirect. */
export type ServerFetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

const TIMEOUT_MS = 30_000;

export function createServerFetch(version: string): ServerFetch {
  return async (url, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set('user-agent', `latchkey-cli/${version}`);
    const response = await send(url, { ...init, headers });
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location !== null) {
      throw new CliError(`${originOf(url)} sends callers on to ${new URL(location, url).origin}.`, {
        exitCode: EXIT.unreachable,
        code: 'UNREACHABLE',
        details: ['Name that address instead, if you trust it.'],
      });
    }
    return response;
  };
}

async function send(url: string | URL, init: RequestInit): Promise<Response> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    return await fetch(url, { ...init, redirect: 'manual', signal: init.signal ? AbortSignal.any([init.signal, timeout]) : timeout });
  } catch (error) {
    throw unreachable(url, timeout.aborted ? `it did not answer within ${TIMEOUT_MS / 1_000} s` : reasonOf(error));
  }
}

export function unreachable(url: string | URL, reason: string): CliError {
  return new CliError(`${originOf(url)} can not be reached: ${reason}.`, { exitCode: EXIT.unreachable, code: 'UNREACHABLE' });
}

function originOf(url: string | URL): string {
  return new URL(url).origin;
}

/** `fetch` hides the reason in its cause, and for several addresses in the first error of that. */
function reasonOf(error: unknown): string {
  let current: unknown = error;
  while (current instanceof Error && current.cause !== undefined) current = current.cause;
  if (current instanceof AggregateError) current = current.errors[0];
  return current instanceof Error ? current.message.replace(/\.$/, '') : String(current);
}
