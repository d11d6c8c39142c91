import type { WebhookSender } from '@latchkey/api';
import type { Database } from '@latchkey/database';
import type { Logger } from 'pino';
import { attemptDelivery } from './attempt-delivery.ts';
import { createDispatcher, type Dispatcher } from './create-dispatcher.ts';
import { createSecretBox } from './secret-box.ts';
import { createWebhookSecret } from './sign-webhook.ts';
import { createTargetRules, type Resolve, TargetRefused } from './target-rules.ts';

export interface WebhookSenderOptions {
  readonly deliveries: Database['deliveries'];
  readonly authSecret: string;
  /** CIDRs inside that may be sent to. */
  readonly allowPrivate: readonly string[];
  readonly version: string;
  readonly logger: Pick<Logger, 'warn'>;
  readonly now: () => number;
  /** Default: the system's. */
  readonly resolve?: Resolve | undefined;
  /** Certificates (PEM) to trust instead of the system's. */
  readonly ca?: string | undefined;
}

/** The part that sends webhooks, and what procedures need of it. */
export function createWebhookSender(options: WebhookSenderOptions): WebhookSender & { readonly dispatcher: Dispatcher } {
  const { deliveries, logger, now } = options;
  const secrets = createSecretBox(options.authSecret);
  const targets = createTargetRules(options.allowPrivate, options.resolve);
  const attempts = { targets, secrets, now, userAgent: `Latchkey-Webhooks/${options.version}`, random: Math.random, ca: options.ca };
  const dispatcher = createDispatcher({
    queue: deliveries,
    attempt: (delivery, stop) => attemptDelivery(attempts, delivery, stop),
    onError: (error) => logger.warn({ err: error }, 'Webhooks that are due could not be read or written down; next try soon'),
  });
  return {
    dispatcher,
    wake: dispatcher.wake,
    issueSecret() {
      const text = createWebhookSecret();
      return { text, sealed: secrets.seal(text) };
    },
    async checkTarget(url) {
      try {
        await targets.resolve(new URL(url));
        return null;
      } catch (error) {
        // A name that is not known now may be known when something is sent.
        return error instanceof TargetRefused ? error.message : null;
      }
    },
  };
}
