import type { IncomingMessage, ServerResponse } from 'node:http';
import { handleOwnTokens, type OwnTokenParts, type RestResponse, toFault } from '@latchkey/api';
import type { Admission } from '@latchkey/bearer-auth';
import type { ProtectedHandler } from '@latchkey/bearer-auth/node';
import type { Logger } from 'pino';
import { recordedUserAgent } from '../http/recorded-user-agent.ts';

/** The paths of the public API that belong to it: `/tokens` and one segment below. */
const OWN_PATH = /^\/tokens(?:\/[^/]+)?$/;

export interface OwnTokenOptions {
  readonly parts: OwnTokenParts;
  readonly logger: Pick<Logger, 'error'>;
}

export interface SelfManagementOptions extends OwnTokenOptions {
  /** Answers everything else. */
  readonly next: ProtectedHandler;
}

/**
 * Tokens that manage tokens (S0-28…34): `/api/tokens` and `/api/tokens/:id`, behind the guard like every request of the public API, so
 * that a token which may not go there can not, and each call is counted, limited and recorded.
 */
export function createSelfManagement({ next, ...own }: SelfManagementOptions): ProtectedHandler {
  const answerOwn = createOwnTokenHandler(own);
  return (req, res, admission) => (OWN_PATH.test(admission.path) ? answerOwn : next)(req, res, admission);
}

/** Answers what tokens ask about themselves and their like. */
export function createOwnTokenHandler({ parts, logger }: OwnTokenOptions): ProtectedHandler {
  return (req, res, admission) => {
    answer(parts, logger, req, res, admission).catch((error: unknown) => {
      logger.error({ err: error, request_id: admission.requestId }, FAILED);
      answerDefect(res, admission, error);
    });
  };
}

const FAILED = 'A call of a token about tokens failed';

/** What is thrown in the operation has become its answer. Anything else is one request's end, and not that of the process. */
function answerDefect(res: ServerResponse, { requestId }: Admission, thrown: unknown): void {
  const { status, error, code, message } = toFault(thrown);
  if (res.headersSent) res.destroy();
  else send(res, { status, headers: {}, body: { error, code, message, request_id: requestId } });
}

async function answer(
  parts: OwnTokenParts,
  logger: Pick<Logger, 'error'>,
  req: IncomingMessage,
  res: ServerResponse,
  { token, path, search, requestId, ip }: Admission,
): Promise<void> {
  const userAgent = recordedUserAgent(req.headers);
  const onDefect = (error: unknown) => logger.error({ err: error, request_id: requestId }, FAILED);
  const request = { method: req.method ?? 'GET', path, query: new URLSearchParams(search), contentType: null, readBody: async () => '' };
  send(res, await handleOwnTokens(request, { ...parts, caller: token, requestId, ipAddress: ip, userAgent }, onDefect));
}

function send(res: ServerResponse, { status, headers, body }: RestResponse): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  const type = text === '' ? {} : { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': Buffer.byteLength(text) };
  res.writeHead(status, { ...headers, ...type, 'Cache-Control': 'no-store' });
  res.end(text);
}
