import { EVERY_IMPORTED_KIND, FOREIGN_TEXT_LENGTH, isForeignText, OperationError, type TokenDigest } from '@latchkey/core';
import type { NewSecret, SecretMarks } from '@latchkey/database';
import type { ApiParts } from '../context.ts';
import { camelCaseMembers } from '../rest/field-case.ts';
import { type ImportRow, importRowSchema } from '../schemas/import.ts';

/**
 * A secret as another system had it, every digest under which it could be here already, and the marks by which the import itself is known
 * again, also when the digest was made anew meanwhile; newest token secret first.
 */
export interface ForeignSecret extends SecretMarks {
  readonly secret: NewSecret;
}

const SHA256_HEX = /^[0-9a-fA-F]{64}$/;
const SHA256_BASE64URL = /^[A-Za-z0-9_-]{43}=?$/;
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
/** Each step doubles what a comparison costs; 14 takes a second or two. */
const HIGHEST_COST = 14;
const LONGEST_START = 8;

/** The row, whichever way its members are written. Throws `VALIDATION_ERROR` with everything that is wrong with it. */
export function parseImportRow(row: Record<string, unknown>): ImportRow {
  const parsed = importRowSchema.safeParse({ ...row, ...camelCaseMembers(row) });
  if (parsed.success) return parsed.data;
  throw new OperationError(
    'VALIDATION_ERROR',
    'Invalid input',
    parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
  );
}

/**
 * What is stored of the row's secret. A plain text is digested at once and forgotten.
 * @param prefixes those of this deployment's own tokens.
 */
export function readForeignSecret(row: ImportRow, mint: ApiParts['mint'], prefixes: readonly string[]): ForeignSecret {
  if ((row.token === undefined) === (row.hash === undefined)) throw fault('hash', 'Give either hash or token, and not both.');
  return row.token === undefined ? readHash(row, row.hash ?? '', mint) : readPlain(row, row.token, mint, prefixes);
}

function readPlain(row: ImportRow, text: string, mint: ApiParts['mint'], prefixes: readonly string[]): ForeignSecret {
  if (!isForeignText(text, prefixes)) {
    const { min, max } = FOREIGN_TEXT_LENGTH;
    throw fault(
      'token',
      `A token must be ${min} to ${max} printable ASCII characters; one that begins like our own must have our checksum.`,
    );
  }
  if (row.prefix !== undefined && !text.startsWith(row.prefix)) throw fault('prefix', 'The token does not begin with this prefix.');
  const { digest, algorithm, secretVersion } = mint.digest(text);
  // Of a short text most must stay hidden.
  const start = text.slice(0, Math.min(6, Math.floor(text.length / 4)));
  const shown = { prefix: row.prefix ?? '', start, last4: text.slice(-4) };
  const secret = { ...shown, digest, digestAlgorithm: algorithm, secretVersion, foreignText: true };
  const digests = mint.candidates(text, EVERY_IMPORTED_KIND);
  const plain = digests.find((each) => each.algorithm === 'sha256');
  return { secret, digests, importDigests: importDigestsOf(plain ?? { algorithm, digest }, mint) };
}

function readHash(row: ImportRow, hash: string, mint: ApiParts['mint']): ForeignSecret {
  const shown = { prefix: row.prefix ?? '', start: row.start?.slice(0, LONGEST_START) ?? '', last4: row.lastCharacters?.slice(-4) ?? '' };
  const { algorithm, digest } = parseHash(hash);
  if (algorithm === 'bcrypt' && shown.last4 === '') {
    throw fault('lastCharacters', 'A bcrypt hash can only be found by its text: give the last four characters of it.');
  }
  const secret = { ...shown, digest, digestAlgorithm: algorithm, secretVersion: 0, foreignText: true };
  return { secret, digests: [{ algorithm, secretVersion: 0, digest }], importDigests: importDigestsOf({ algorithm, digest }, mint) };
}

/** Keyed, so that what is kept of a weak text for good says nothing about it. */
function importDigestsOf({ algorithm, digest }: Pick<TokenDigest, 'algorithm' | 'digest'>, mint: ApiParts['mint']): Uint8Array[] {
  const mark = `import ${algorithm} ${Buffer.from(digest).toString('base64')}`;
  return mint.candidates(mark, { foreign: true, sha256: false, bcrypt: false }).map((each) => each.digest);
}

function parseHash(hash: string): Pick<TokenDigest, 'algorithm' | 'digest'> {
  if (SHA256_HEX.test(hash)) return { algorithm: 'sha256', digest: Buffer.from(hash, 'hex') };
  if (SHA256_BASE64URL.test(hash)) {
    return { algorithm: 'sha256', digest: Buffer.from(hash.slice(0, 43), 'base64url') };
  }
  const cost = BCRYPT.exec(hash)?.[1];
  if (cost === undefined) {
    throw fault('hash', 'A hash must be SHA-256 (64 hexadecimal or 43 base64url characters) or bcrypt ($2a$, $2b$ or $2y$).');
  }
  if (Number(cost) < 4 || Number(cost) > HIGHEST_COST) {
    throw fault('hash', `The cost of a bcrypt hash must be 4 to ${HIGHEST_COST}: comparing with this one would take too long.`);
  }
  return { algorithm: 'bcrypt', digest: new TextEncoder().encode(hash) };
}

function fault(path: string, message: string): OperationError {
  return new OperationError('VALIDATION_ERROR', 'Invalid input', [{ path, message }]);
}
