import { createHash, createHmac } from 'node:crypto';
import { type ImportedKinds, isForeignText, parseTokenText, type TokenDigest } from '@latchkey/core';

/** Turns token texts into what may be stored or logged of them. */
export interface TokenDigester {
  /** Short ids of the secrets, newest first, as they are stored beside the digests. */
  readonly versions: readonly number[];
  /** The digest of a new text: HMAC-SHA-256 under the newest secret. */
  digest(text: string): TokenDigest;
  /**
   * The digests under which a text could be stored, newest secret first; empty when it can not be a token: it does not have the shape of
   * one, and no texts of other shapes were imported.
   */
  candidates(text: string, imported?: ImportedKinds): readonly TokenDigest[];
  /** 16 lower-case hex characters by which attempts with the same text are told to be the same. Keyed; says nothing about the text. */
  fingerprint(text: string): string;
}

const MIN_SECRET_LENGTH = 16;

/**
 * A digester over the token secrets, newest first; the older ones are only for looking up tokens that were made under them.
 * `prefixes` are those of this deployment's own tokens: what begins like one and has its length needs its checksum, whatever was imported.
 * Throws a RangeError for an empty list, a secret under 16 characters, or one that is listed twice.
 */
export function createTokenDigester(options: { secrets: readonly string[]; prefixes?: readonly string[] }): TokenDigester {
  const { prefixes = OWN_PREFIXES } = options;
  const keys = options.secrets.map((secret) => ({ secret, version: versionOf(secret) }));
  const newest = keys[0];
  checkSecrets(options.secrets);
  if (newest === undefined) throw new RangeError('At least one token secret is needed.');
  return {
    versions: keys.map(({ version }) => version),
    digest: (text) => hmacDigest(newest, text),
    candidates(text, imported) {
      const isOurs = parseTokenText(text) !== null;
      if (!isOurs && !(imported?.foreign && isForeignText(text, prefixes))) return [];
      const keyed = keys.map((key) => hmacDigest(key, text));
      return imported?.sha256 ? [...keyed, plainDigest(text)] : keyed;
    },
    fingerprint: (text) => createHmac('sha256', newest.secret).update('fingerprint\0').update(text).digest('hex').slice(0, 16),
  };
}

/** Those that a deployment has without any configuration. */
const OWN_PREFIXES: readonly string[] = ['lk_live_', 'lk_test_'];

interface Key {
  readonly secret: string;
  readonly version: number;
}

function hmacDigest(key: Key, text: string): TokenDigest {
  const digest = createHmac('sha256', key.secret).update(text).digest();
  return { algorithm: 'hmac-sha256', secretVersion: key.version, digest };
}

function plainDigest(text: string): TokenDigest {
  return { algorithm: 'sha256', secretVersion: 0, digest: createHash('sha256').update(text).digest() };
}

/** A short name of the secret that is stored beside each digest: 31 bits of a labelled hash, never 0 (that is "no secret"). */
function versionOf(secret: string): number {
  const hash = createHash('sha256').update('latchkey token secret version\0').update(secret).digest();
  return hash.readUInt32BE(0) & 0x7fffffff || 1;
}

function checkSecrets(secrets: readonly string[]): void {
  if (secrets.some((secret) => secret.length < MIN_SECRET_LENGTH)) {
    throw new RangeError(`A token secret must have at least ${MIN_SECRET_LENGTH} characters; make one with "openssl rand -base64 32".`);
  }
  if (new Set(secrets).size !== secrets.length) throw new RangeError('A token secret is listed twice; list each one once, newest first.');
}
