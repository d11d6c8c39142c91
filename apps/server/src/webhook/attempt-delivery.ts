import { webhookRetryDelayMs } from '@latchkey/core';
import type { AttemptResult, ClaimedDelivery } from '@latchkey/database';
import { type PostAnswer, postWebhook } from './post-webhook.ts';
import type { SecretBox } from './secret-box.ts';
import { signWebhook } from './sign-webhook.ts';
import { TargetRefused, type TargetRules } from './target-rules.ts';

export interface AttemptOptions {
  readonly targets: TargetRules;
  readonly secrets: Pick<SecretBox, 'open'>;
  readonly userAgent: string;
  readonly now: () => number;
  /** 0 ≤ random < 1. */
  readonly random: () => number;
  /** From the look-up of the name to the status of the answer; 10,000. */
  readonly timeoutMs?: number | undefined;
  /** Certificates (PEM) to trust instead of the system's. */
  readonly ca?: string | undefined;
}

const GONE = 410;

/** One attempt to deliver: look-up, check, signature, request. Never rejects; `null`: it was broken off by `stop`, and nothing is known. */
export async function attemptDelivery(
  options: AttemptOptions,
  delivery: ClaimedDelivery,
  stop: AbortSignal,
): Promise<AttemptResult | null> {
  const { now, random, timeoutMs = 10_000 } = options;
  const at = now();
  const deadline = AbortSignal.timeout(timeoutMs);
  const settle = (result: Pick<AttemptResult, 'statusCode' | 'error' | 'responseExcerpt'>): AttemptResult => {
    const tries = delivery.tries + 1;
    return { ...result, at, durationMs: Math.max(0, now() - at), verdict: verdictOn(result.statusCode, tries, now(), random()) };
  };
  try {
    const { status, excerpt } = await post(options, delivery, at, AbortSignal.any([deadline, stop]));
    return settle({ statusCode: status, error: null, responseExcerpt: excerpt });
  } catch (error) {
    if (stop.aborted) return null;
    const text = deadline.aborted ? `There was no answer within ${timeoutMs / 1000} seconds.` : describeFailure(error);
    return settle({ statusCode: null, error: text, responseExcerpt: null });
  }
}

async function post(options: AttemptOptions, delivery: ClaimedDelivery, at: number, signal: AbortSignal): Promise<PostAnswer> {
  const url = new URL(delivery.url);
  const secrets = openSecrets(options.secrets, delivery.secrets);
  const targets = await untilAborted(options.targets.resolve(url), signal);
  const body = JSON.stringify(delivery.event);
  const headers = {
    'content-type': 'application/json',
    'user-agent': options.userAgent,
    ...signWebhook(delivery.event.id, at, body, secrets),
  };
  return postWebhook(url, targets, { headers, body }, signal, options.ca);
}

function openSecrets(box: AttemptOptions['secrets'], sealed: readonly Uint8Array[]): string[] {
  try {
    return sealed.map((secret) => box.open(secret));
  } catch {
    throw new TargetRefused('The signing secret can not be read: LATCHKEY_AUTH_SECRET was changed. Rotate the secret of this webhook.');
  }
}

/** A look-up of a name takes no signal. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function verdictOn(status: number | null, tries: number, now: number, random: number): AttemptResult['verdict'] {
  if (status !== null && status >= 200 && status < 300) return { kind: 'delivered' };
  if (status === GONE) return { kind: 'gone' };
  const pause = webhookRetryDelayMs(tries, random);
  return { kind: 'failed', retryAt: pause === null ? null : now + pause };
}

/** In words for the delivery log. The system's own codes are told, its messages may hold more than administrators should see. */
function describeFailure(error: unknown): string {
  if (error instanceof TargetRefused) return error.message;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'The name of the server could not be resolved.';
  if (code === 'ECONNREFUSED') return 'The server refused the connection.';
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'The server broke the connection off.';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'The certificate of the server is for another name.';
  if (code === 'CERT_HAS_EXPIRED') return 'The certificate of the server has expired.';
  if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code)) return `The certificate of the server is not trusted (${code}).`;
  if (/SSL|TLS|EPROTO/.test(code)) return `The server does not speak TLS as it should (${code}).`;
  return code === '' ? 'The request failed.' : `The request failed (${code}).`;
}
