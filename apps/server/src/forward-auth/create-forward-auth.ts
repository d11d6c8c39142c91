import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { canonicalAddress, type Guard, type Refused, type Verdict } from '@latchkey/bearer-auth';
import { targetBelow } from '@latchkey/bearer-auth/node';
import { readForwardedHops } from '../gateway/forwarded-header.ts';
import type { TrustedPeers } from '../gateway/trusted-peers.ts';
import type { Listener } from '../http/listener.ts';
import { allowedAnswer, deniedAnswer, type ForwardAuthAnswer, faultAnswer, forNginx } from './forward-auth-answer.ts';
import { readOriginalRequest, VERIFY_PATH } from './original-request.ts';
import { type Asked, verdictRecord } from './verdict-record.ts';

export interface ForwardAuthOptions {
  readonly guard: Guard;
  /** Who may ask. */
  readonly trusted: TrustedPeers;
  /** Path under which the proxy serves the public API; it is not part of the endpoint. `''`: none. */
  readonly mount: string;
  readonly clientAddress: (req: IncomingMessage) => string | null;
  /** Whether the original request came over TLS. Absent: nobody wants to know. */
  readonly isSecure?: ((req: IncomingMessage) => boolean) | undefined;
}

/** What is asked, or why that can not be answered. */
type Question =
  | { readonly kind: 'question'; readonly method: string; readonly target: string }
  | { readonly kind: 'fault'; readonly code: 'FORBIDDEN' | 'METHOD_NOT_ALLOWED'; readonly message: string };

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST']);
const ALLOW = [...METHODS].join(', ');
const NOT_TRUSTED = 'Only a proxy that is named in LATCHKEY_TRUSTED_PROXIES may ask here.';
const OUTSIDE = 'The original path is not below the mount of the public API. LATCHKEY_FORWARD_AUTH_MOUNT says where the proxy serves it.';

/**
 * `/auth/verify`: the guard's verdict on a request that a proxy holds, counted and recorded once, before it is answered. What the proxy
 * then does with the request is not seen here.
 */
export function createForwardAuth({ guard, trusted, mount, clientAddress, isSecure }: ForwardAuthOptions): Listener {
  return (req, res) => {
    const requestId = randomUUID();
    const question = readQuestion(req);
    if (question.kind === 'fault') {
      if (question.code === 'METHOD_NOT_ALLOWED') res.setHeader('Allow', ALLOW);
      send(req, res, faultAnswer(question.code, question.message, requestId));
      return undefined;
    }
    const asked = { method: question.method, userAgent: req.headers['user-agent'] ?? null, at: guard.now(), startedAt: performance.now() };
    const verdict = guard.check({
      method: question.method,
      target: question.target,
      rawHeaders: req.rawHeaders,
      // A proxy asks for others, never for itself.
      ip: readForwardedHops(req).length === 0 ? null : clientAddress(req),
      requestId,
      ...(isSecure && { secure: isSecure(req) }),
    });
    if (verdict instanceof Promise) return verdict.then((late) => conclude(req, res, asked, late));
    conclude(req, res, asked, verdict);
    return undefined;
  };

  function readQuestion(req: IncomingMessage): Question {
    if (!trusted.has(canonicalAddress(req.socket.remoteAddress))) return fault(NOT_TRUSTED);
    if (isBare(req) && !METHODS.has(req.method ?? '')) return fault(`Use one of: ${ALLOW}.`, 'METHOD_NOT_ALLOWED');
    const original = readOriginalRequest(req);
    if (original.kind === 'unclear') return fault(original.message);
    const target = targetBelow(mount, original.target);
    return target === null ? fault(OUTSIDE) : { kind: 'question', method: original.method, target };
  }

  /** A yes that can not be recorded is none. */
  function conclude(req: IncomingMessage, res: ServerResponse, asked: Asked, verdict: Verdict): void {
    const record = verdictRecord(verdict, asked);
    if (record === null) send(req, res, answerOf(req, verdict));
    else guard.usage.append(record, (error) => send(req, res, answerOf(req, error === null ? verdict : unrecorded(verdict))));
  }

  function answerOf(req: IncomingMessage, verdict: Verdict): ForwardAuthAnswer {
    return verdict.kind === 'admit' ? allowedAnswer(verdict, guard.now()) : deniedAnswer(guard, verdict, req.headers.accept);
  }
}

/** Whether the original request is named in headers. */
function isBare(req: IncomingMessage): boolean {
  return req.url?.charAt(VERIFY_PATH.length) !== '/';
}

function fault(message: string, code: 'FORBIDDEN' | 'METHOD_NOT_ALLOWED' = 'FORBIDDEN'): Question {
  return { kind: 'fault', code, message };
}

function unrecorded(verdict: Verdict): Refused {
  if (verdict.kind === 'deny') return { ...verdict, reason: 'spool_full', required: [] };
  const { token, path, endpoint, requestId, ip, cost } = verdict.admission;
  return { kind: 'deny', reason: 'spool_full', required: [], token, limits: verdict.limits, cost, path, endpoint, requestId, ip };
}

function send(req: IncomingMessage, res: ServerResponse, answer: ForwardAuthAnswer): void {
  const { status, headers, body } = isForNginx(req) ? forNginx(answer) : answer;
  res.writeHead(status, [...headers]);
  res.end(body);
}

/** `/auth/verify?proxy=nginx`. Behind a path the query is that of the original request. */
function isForNginx(req: IncomingMessage): boolean {
  return isBare(req) && req.url?.slice(VERIFY_PATH.length) === '?proxy=nginx';
}
