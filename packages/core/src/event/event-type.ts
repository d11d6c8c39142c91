/** Everything that a token's life tells others about, with the words that people choose it by. */
export const EVENT_TYPES = {
  'token.created': 'A token was created or imported.',
  'token.updated': 'Settings of a token were changed.',
  'token.enabled': 'A token was switched on again.',
  'token.disabled': 'A token was switched off.',
  'token.rotated': 'A token got a new secret.',
  'token.revoked': 'A token was ended for good.',
  'token.deleted': 'A token was removed with its usage.',
  'token.expiring': 'A token expires in seven days, and again in one day.',
  'token.expired': 'A token reached its expiry.',
  'token.used_first_time': 'A token was used for the first time.',
  'token.rate_limited': 'A token met its rate limit; once in an hour.',
  'token.denied_spike': 'Far more requests of a token were refused than is usual for it.',
  'token.leaked': 'The text of a token was found in public.',
} as const;

/** What a webhook can be subscribed to. */
export type EventType = keyof typeof EVENT_TYPES;

/** The type of what "send a test" sends: not to be subscribed to. */
export const TEST_EVENT_TYPE = 'webhook.test';

/** A token as events show it: never its text, never a digest of it. Names as on the wire; instants are ISO-8601 UTC with milliseconds. */
export interface EventToken {
  readonly id: number;
  readonly name: string | null;
  readonly prefix: string;
  readonly last4: string;
  readonly key_type: string | null;
  readonly environment: string | null;
  readonly owner_type: string | null;
  readonly owner_id: string | null;
  readonly active: boolean;
  readonly expires_at: string | null;
  readonly created_at: string;
}

/** What happened, as it is sent: `data.token`, and beside it what belongs to the type. */
export interface TokenEvent {
  /** `evt_…`; the same however often it is sent. */
  readonly id: string;
  readonly type: EventType | typeof TEST_EVENT_TYPE;
  /** ISO-8601 UTC with milliseconds. */
  readonly occurred_at: string;
  readonly data: Readonly<Record<string, unknown>>;
}
