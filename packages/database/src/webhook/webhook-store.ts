import type { EventType, TokenEvent } from '@latchkey/core';
import type { Actor } from '../admin/actor.ts';

/** Why an endpoint was switched off by itself: it answered 410, or nothing it was sent arrived for days. */
export type WebhookDisabledReason = 'gone' | 'failing';

/** An endpoint as management reads it. Instants are ISO-8601 UTC with milliseconds. Never its secret. */
export interface WebhookView {
  id: number;
  url: string;
  description: string | null;
  /** `null`: every event. */
  eventTypes: EventType[] | null;
  active: boolean;
  disabledReason: WebhookDisabledReason | null;
  /** Since when no attempt went well. */
  failingSince: string | null;
  /** Until when deliveries are signed with the secret before this one as well. */
  previousSecretUntil: string | null;
  createdBy: string | null;
  createdAt: string;
  updatedAt: string;
  /** Deliveries that wait for their next attempt. */
  pending: number;
  lastAttempt: { at: string; statusCode: number | null; error: string | null } | null;
}

export interface NewWebhook {
  url: string;
  description: string | null;
  eventTypes: EventType[] | null;
  /** Sealed by the caller: this store can not read it. */
  secret: Uint8Array;
}

/** Absent = unchanged, `null` = cleared. */
export interface WebhookPatch {
  url?: string | undefined;
  description?: string | null | undefined;
  eventTypes?: EventType[] | null | undefined;
  active?: boolean | undefined;
}

export type DeliveryStatus = 'pending' | 'delivered' | 'failed';

/** One event on its way to one endpoint. */
export interface DeliveryRow {
  id: number;
  webhookId: number;
  eventId: string;
  eventType: TokenEvent['type'];
  tokenId: number | null;
  tokenName: string | null;
  occurredAt: string;
  status: DeliveryStatus;
  attempts: number;
  nextAttemptAt: string | null;
  createdAt: string;
  lastAttempt: { at: string; statusCode: number | null; error: string | null; durationMs: number } | null;
}

export interface DeliveryAttempt {
  number: number;
  at: string;
  durationMs: number;
  /** `null`: there was no answer; `error` says why. */
  statusCode: number | null;
  error: string | null;
  /** At most 1,024 characters. */
  responseExcerpt: string | null;
}

export interface DeliveryView extends DeliveryRow {
  payload: TokenEvent;
  /** Newest first. */
  attemptLog: DeliveryAttempt[];
}

export interface DeliveryQuery {
  limit: number;
  offset: number;
  webhookId: number;
  status?: DeliveryStatus | undefined;
}

/**
 * Webhook endpoints and the log of what was sent to them. Every change and its audit row are one transaction. Unknown ids are
 * `OperationError('NOT_FOUND')`; a test for an endpoint that is switched off, and a replay to one, are `CONFLICT`.
 */
export interface WebhookStore {
  list(query: { limit: number; offset: number }): Promise<{ webhooks: WebhookView[]; total: number }>;
  get(id: number): Promise<WebhookView>;
  create(webhook: NewWebhook, actor: Actor): Promise<WebhookView>;
  update(id: number, patch: WebhookPatch, actor: Actor): Promise<WebhookView>;
  delete(id: number, actor: Actor): Promise<void>;
  /** The old secret goes on signing beside the new one until `overlapUntil` (epoch milliseconds); `null`: it ends at once. */
  rotateSecret(id: number, secret: Uint8Array, overlapUntil: number | null, actor: Actor): Promise<WebhookView>;
  /** Puts a `webhook.test` on its way and answers its delivery. */
  test(id: number, actor: Actor): Promise<DeliveryView>;
  deliveries(query: DeliveryQuery): Promise<{ deliveries: DeliveryRow[]; total: number }>;
  delivery(id: number): Promise<DeliveryView>;
  /** Sends it again, with the same event id, however it went before. */
  replay(id: number, actor: Actor): Promise<DeliveryView>;
}

/** A delivery that this process may attempt until `leaseUntil`; then it is anybody's again. */
export interface ClaimedDelivery {
  readonly id: number;
  readonly webhookId: number;
  readonly url: string;
  /** Sealed; the newest first. */
  readonly secrets: readonly Uint8Array[];
  readonly event: TokenEvent;
  /** Attempts of this series that failed. */
  readonly tries: number;
  /** Epoch milliseconds. */
  readonly leaseUntil: number;
}

export interface ClaimOptions {
  /** Deliveries to take at most. */
  readonly limit: number;
  /** Deliveries of one endpoint that may be under way in this process; one while it fails. */
  readonly perEndpoint: number;
  /** Endpoint → deliveries under way in this process. */
  readonly underWay: ReadonlyMap<number, number>;
}

/** What came of an attempt. Instants are epoch milliseconds. */
export interface AttemptResult {
  readonly at: number;
  readonly durationMs: number;
  /** `null`: no answer, and `error` says why. */
  readonly statusCode: number | null;
  readonly error: string | null;
  readonly responseExcerpt: string | null;
  /** `retryAt: null`: that was the last attempt. `gone`: the endpoint wants no more. */
  readonly verdict:
    | { readonly kind: 'delivered' }
    | { readonly kind: 'failed'; readonly retryAt: number | null }
    | { readonly kind: 'gone' };
}

/** Deliveries that are due, for the process that sends them. Several processes share the work without a word to each other. */
export interface DeliveryQueue {
  claim(options: ClaimOptions): Promise<ClaimedDelivery[]>;
  /** Writes the attempt down. Answers whether the claim still held: another process may have taken over in the meantime. */
  finish(claimed: ClaimedDelivery, result: AttemptResult): Promise<boolean>;
}
