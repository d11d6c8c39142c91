import type { IncomingMessage } from 'node:http';
import { toFault } from '@latchkey/api';
import { OPERATION_ERRORS, OperationError, type OperationErrorCode } from '@latchkey/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

/** What the HTTP framework itself refuses a request for. */
const FROM_STATUS: Readonly<Record<number, OperationErrorCode>> = {
  400: 'VALIDATION_ERROR',
  // The console's files refuse directories and paths that are not canonical.
  403: 'NOT_FOUND',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  413: 'PAYLOAD_TOO_LARGE',
  414: 'VALIDATION_ERROR',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

const RETRY_AFTER_SECONDS = 5;
const LARGEST_UNWANTED_BODY = 16 * 1024 ** 2;
const WANTS_CLOSE = /\bclose\b/i;

/** Answers with the error body of contract §3. */
export function replyWithError(reply: FastifyReply, error: OperationError): FastifyReply {
  const { status, error: title } = OPERATION_ERRORS[error.code];
  const details = error.code === 'VALIDATION_ERROR' ? { details: error.details } : {};
  if (status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS);
  return reply.code(status).send({ error: title, code: error.code, message: error.message, request_id: reply.request.id, ...details });
}

/** The last resort of the management app: whatever was thrown outside a procedure. */
export function createErrorHandler(logger: Pick<Logger, 'error'>) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const own = toOperationError(error);
    if (own.code === 'PAYLOAD_TOO_LARGE') keepConnection(request, reply);
    if (own.status >= 500) logger.error({ err: error, request_id: request.id }, 'A request failed');
    return replyWithError(reply, own);
  };
}

/**
 * A connection that is closed over bytes nobody has read is reset, and a client that is still sending never sees why. So a body of a bearable size is
 * read to its end, in the time that bodies have, before the connection goes on, or ends where the client has asked for that.
 */
function keepConnection({ headers, raw }: FastifyRequest, reply: FastifyReply): void {
  if (!(Number(headers['content-length']) <= LARGEST_UNWANTED_BODY)) return;
  reply.header('connection', 'keep-alive');
  if (WANTS_CLOSE.test(headers.connection ?? '')) reply.raw.once('finish', () => endAfterBody(raw));
}

function endAfterBody(message: IncomingMessage): void {
  if (message.complete) message.socket.end();
  else message.once('end', () => message.socket.end());
}

function toOperationError(error: unknown): OperationError {
  const status = error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  const code = FROM_STATUS[status];
  if (code !== undefined && error instanceof Error) return new OperationError(code, error.message);
  const fault = toFault(error);
  return new OperationError(fault.code, fault.message, fault.details);
}
