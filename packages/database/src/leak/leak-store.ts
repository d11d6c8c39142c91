import type { TokenDigest } from '@latchkey/core';

/**
 * What is done about a token that was found in public. `revoke`: it ends. `rotate`: the secret that leaked ends a day later, so that
 * its owner has the time to rotate. `notify`: it is told, and nothing else.
 */
export type LeakPolicy = 'revoke' | 'rotate' | 'notify';

/** Who says so: GitHub, whose word is signed; or whoever holds the text, which is all the proof that ending it takes. */
export type LeakReporter = 'github' | 'holder';

/** A report, without the text that it is about. */
export interface NewLeakReport {
  readonly reporter: LeakReporter;
  /** The digests under which the text could be stored; a report without any is not kept. */
  readonly candidates: readonly TokenDigest[];
  readonly type: string | null;
  /** Where it was found. */
  readonly url: string | null;
  readonly source: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/**
 * What became of the token: `secret_revoked` where only an older secret leaked; `notified`: that is the policy, or it must not end;
 * `none`: it had ended before.
 */
export type LeakOutcome = 'revoked' | 'secret_revoked' | 'ends_soon' | 'notified' | 'none';

/** Reports of leaked tokens: taken at once, worked on afterwards, by any process, each once. */
export interface LeakStore {
  /** Durable when it resolves. Does the same work for a known and for an unknown text. */
  accept(reports: readonly NewLeakReport[]): Promise<void>;
  /** Deals with the next report that waits; `null`: there is none. `tokenId: null`: nobody's token. */
  processNext(policy: LeakPolicy): Promise<{ tokenId: number | null; outcome: LeakOutcome } | null>;
}
