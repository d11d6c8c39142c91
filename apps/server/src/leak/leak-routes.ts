import type { TokenMint } from '@latchkey/api';
import { type Counter, EVERY_IMPORTED_KIND, OperationError, type TokenPolicy } from '@latchkey/core';
import type { LeakStore, NewLeakReport } from '@latchkey/database';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { ReadClientFacts } from '../management/client-facts.ts';
import { replyWithError } from '../management/error-reply.ts';
import type { LeakProcessor } from './create-leak-processor.ts';
import { describeTokenFormat } from './describe-token-format.ts';
import type { ReportKeys } from './report-keys.ts';
import { verifyReport } from './verify-report.ts';

export interface LeakRoutesOptions {
  readonly store: LeakStore;
  readonly processor: Pick<LeakProcessor, 'wake'>;
  readonly mint: Pick<TokenMint, 'candidates'>;
  readonly policy: TokenPolicy;
  /** `null`: reports are not taken here. */
  readonly keys: ReportKeys | null;
  /** Counts who asks for the end of tokens. */
  readonly counter: Counter;
  readonly now: () => number;
}

const REPORTS_LIMIT = 1_000;
/** Ending a token takes its text, so guessing is hopeless; this only keeps the table of reports small. */
const REVOKE_LIMIT = { max: 20, windowMs: 60_000, algorithm: 'fixed' } as const;
const ACCEPTED = { message: 'Accepted. If this is a token of this server, it is being dealt with.' } as const;
const LONGEST_TOKEN = 512;

const reportsSchema = z
  .array(
    z.object({
      token: z.string(),
      type: z.string().nullish(),
      url: z.string().nullish(),
      source: z.string().nullish(),
    }),
  )
  .min(1)
  .max(REPORTS_LIMIT);
const revokeSchema = z.object({ token: z.string().min(1).max(LONGEST_TOKEN) });

/**
 * What the public may say of leaked tokens: `POST /leaks` for GitHub's secret scanning, signed; `POST /leaks/revoke` for whoever holds a
 * token; and what tokens look like. A known and an unknown text get the same answer after the same work; what follows comes afterwards.
 */
export function addLeakRoutes(
  app: FastifyInstance,
  options: LeakRoutesOptions & { clientFacts: ReadClientFacts; logger: Pick<Logger, 'warn'> },
): void {
  const { store, processor, mint, keys } = options;
  const format = JSON.stringify(describeTokenFormat(options.policy));
  // The signature is over the bytes, so nothing may read them first.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  app.get('/.well-known/latchkey-tokens.json', (_request, reply) =>
    reply.header('cache-control', 'public, max-age=3600').type('application/json; charset=utf-8').send(format),
  );

  app.post('/leaks', async (request, reply) => {
    if (keys === null) return replyWithError(reply, new OperationError('NOT_FOUND', 'Reports are not taken here.'));
    const body = bytesOf(request);
    const refusal = await refuseUnsigned(request, body, keys, options.logger);
    if (refusal !== null) return replyWithError(reply, refusal);
    const reports = reportsSchema.safeParse(parseJson(body));
    if (!reports.success)
      return replyWithError(reply, badBody('Send an array of 1 to 1,000 objects with "token", "type", "url" and "source".'));
    const from = senderOf(request);
    return take(
      reply,
      reports.data.map(({ token, type, url, source }) => ({
        ...from,
        reporter: 'github' as const,
        candidates: candidatesOf(token),
        type: type ?? null,
        url: url ?? null,
        source: source ?? null,
      })),
    );
  });

  app.post('/leaks/revoke', async (request, reply) => {
    const from = senderOf(request);
    const claim = { key: `leak-revoke:${from.ipAddress ?? ''}`, name: 'default', limit: REVOKE_LIMIT };
    const [state] = await options.counter.take([claim], 1, options.now());
    if (state?.allowed === false) {
      const seconds = Math.max(1, Math.ceil((state.resetAt - options.now()) / 1000));
      reply.header('retry-after', String(seconds));
      return replyWithError(reply, new OperationError('TOO_MANY_REQUESTS', `Try again in ${seconds} seconds.`));
    }
    const token = tokenOf(request);
    if (token === null) return replyWithError(reply, badBody('Send { "token": "…" } as JSON, or the token as Authorization: Bearer.'));
    return take(reply, [{ ...from, reporter: 'holder', candidates: candidatesOf(token), type: null, url: null, source: null }]);
  });

  async function take(reply: FastifyReply, reports: readonly NewLeakReport[]): Promise<FastifyReply> {
    await store.accept(reports);
    // After the answer, which must not tell by its time whether there is such a token.
    reply.raw.once('close', () => processor.wake());
    return reply.code(202).header('cache-control', 'no-store').send(ACCEPTED);
  }

  function senderOf(request: FastifyRequest) {
    return { ipAddress: options.clientFacts(request.raw).address, userAgent: request.headers['user-agent']?.slice(0, 512) ?? null };
  }

  function candidatesOf(text: string) {
    const token = text.trim();
    // Texts that came in by import have shapes of their own, and are stored as they came until they are used.
    return token.length > LONGEST_TOKEN ? [] : mint.candidates(token, EVERY_IMPORTED_KIND);
  }
}

async function refuseUnsigned(
  request: FastifyRequest,
  body: Buffer,
  keys: ReportKeys,
  logger: Pick<Logger, 'warn'>,
): Promise<OperationError | null> {
  const identifier = header(request, 'github-public-key-identifier');
  const signature = header(request, 'github-public-key-signature');
  if (identifier === null || signature === null) return unsigned();
  try {
    const key = await keys.find(identifier);
    return key !== null && verifyReport(body, signature, key) ? null : unsigned();
  } catch (error) {
    logger.warn({ err: error }, 'A report of leaked tokens could not be checked: the keys can not be had');
    return new OperationError('TEMPORARILY_UNAVAILABLE', 'The signature can not be checked at the moment. Send the report again.');
  }
}

function unsigned(): OperationError {
  return new OperationError('UNAUTHENTICATED', 'The report must be signed with a key that this server knows.');
}

function header(request: FastifyRequest, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

function bytesOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function tokenOf(request: FastifyRequest): string | null {
  const parsed = revokeSchema.safeParse(parseJson(bytesOf(request)));
  if (parsed.success) return parsed.data.token;
  const bearer = /^bearer +(\S{1,512}) *$/i.exec(request.headers.authorization ?? '');
  return bearer?.[1] ?? null;
}

function badBody(message: string): OperationError {
  return new OperationError('VALIDATION_ERROR', message, [{ path: '', message }]);
}
