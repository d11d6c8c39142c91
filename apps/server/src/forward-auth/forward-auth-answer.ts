import { type Admitted, type Guard, type Refused, rateLimitHeaders, renderDenial } from '@latchkey/bearer-auth';
import { OPERATION_ERRORS, type OperationErrorCode } from '@latchkey/core';
import { completeIdentityHeaders } from '../gateway/identity-headers.ts';

/** An answer to a proxy. `headers`: names and values in turn. */
export interface ForwardAuthAnswer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
}

/** 200, and no other 2xx: Envoy takes nothing else for a yes. */
export function allowedAnswer({ admission, limits }: Admitted, now: number): ForwardAuthAnswer {
  const headers = [
    'Content-Length',
    '0',
    'Cache-Control',
    'no-store',
    'X-Request-Id',
    admission.requestId,
    ...completeIdentityHeaders(admission.token),
    ...rateLimitHeaders(limits, now),
  ];
  return { status: 200, headers, body: '' };
}

/** Exactly what the guard would have answered the client. */
export function deniedAnswer(guard: Pick<Guard, 'realm' | 'now'>, refusal: Refused, accept: string | undefined): ForwardAuthAnswer {
  return renderDenial({ ...refusal, realm: guard.realm, now: guard.now(), accept });
}

/** An answer about the call itself: the proxy is not set up as it should be, or is none. */
export function faultAnswer(code: OperationErrorCode, message: string, requestId: string): ForwardAuthAnswer {
  const { status, error } = OPERATION_ERRORS[code];
  const body = JSON.stringify({ error, code, message, request_id: requestId });
  const headers = ['Content-Type', 'application/json; charset=utf-8', 'Content-Length', String(Buffer.byteLength(body))];
  return { status, headers: [...headers, 'Cache-Control', 'no-store', 'X-Request-Id', requestId], body };
}

/**
 * For nginx, whose `auth_request` knows 2xx, 401 and 403, takes everything else for a failure of its own, and drops every body: another
 * refusal becomes 403, and headers carry its real status and its body, from which nginx makes the answer anew.
 */
export function forNginx(answer: ForwardAuthAnswer): ForwardAuthAnswer {
  const { status, headers, body } = answer;
  if (status < 400) return answer;
  const told = ['X-Latchkey-Status', String(status), 'X-Latchkey-Denial', asciiJson(body)];
  return { ...answer, status: status === 401 ? 401 : 403, headers: [...headers, ...told] };
}

/** The same JSON in characters that a header may carry. */
function asciiJson(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
