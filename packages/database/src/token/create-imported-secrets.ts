import type { ImportedKinds, ImportedSecrets, TokenChange } from '@latchkey/core';
import type { Pool } from 'pg';
import { askAgain } from '../database-failure.ts';
import { MAX_WAIT_MS, WaitedTooLong } from './create-token-finder.ts';
import { TOKEN_RECORD_COLUMNS, type TokenRow, toTokenRecord } from './find-token.ts';

const KINDS = `
  select exists (select from api_token_secrets where foreign_text) as "foreign",
    exists (select from api_token_secrets where foreign_text and digest_algorithm = 'sha256')
      or exists (select from api_token_secrets where former_digest is not null and former_algorithm = 'sha256') as sha256,
    exists (select from api_token_secrets where foreign_text and digest_algorithm = 'bcrypt') as bcrypt`;

/** More hashes with the same hints than these are not compared: an import refuses them, so that no text costs more. */
export const MAX_BCRYPT_CANDIDATES = 20;

/** A text that could be one of these can not be looked up together with others. More that wait are told to try again. */
const MAX_BCRYPT_WAITING = 500;

const BCRYPT = {
  name: 'find-bcrypt-secrets',
  text: `select ${TOKEN_RECORD_COLUMNS} from api_token_secrets s join api_tokens t on t.id = s.token_id
    where s.digest_algorithm = 'bcrypt' and s.last4 = $1 and s.start = any($2::text[]) order by s.id limit ${MAX_BCRYPT_CANDIDATES}`,
};

/**
 * What other systems' secrets there are. Read again after each change that could be an import; while changes can not be heard, what was
 * heard last is believed.
 */
export function createImportedSecrets(pool: Pool, isListening: () => boolean, now = () => performance.now()) {
  const inTurn = createTurns(MAX_BCRYPT_WAITING, now);
  let known: ImportedKinds | null = null;
  let changes = 0;
  let reading: Promise<ImportedKinds> | null = null;

  async function read(): Promise<ImportedKinds> {
    const before = changes;
    const { rows } = await askAgain(() => pool.query<ImportedKinds>(KINDS));
    const kinds = rows[0] ?? { foreign: true, sha256: true, bcrypt: true };
    if (isListening() && changes === before) known = kinds;
    return kinds;
  }

  /** A read that began before a change is not asked again after it. */
  function readShared(): Promise<ImportedKinds> {
    const shared =
      reading ??
      read().finally(() => {
        if (reading === shared) reading = null;
      });
    reading = shared;
    return shared;
  }

  function noteChange({ kind }: TokenChange): void {
    if (kind === 'disconnected' || kind === 'resumed') return;
    changes += 1;
    reading = null;
    const isComplete = known?.foreign && known.sha256 && known.bcrypt;
    if (kind === 'resync' || !isComplete) known = null;
  }

  const imported: ImportedSecrets = {
    kinds: () => known ?? readShared(),
    findBcrypt: ({ starts, last4 }) =>
      inTurn(async () => {
        const { rows } = await askAgain(() => pool.query<TokenRow>({ ...BCRYPT, values: [last4, starts] }));
        return rows.map((row) => ({ hash: row.digest.toString('latin1'), record: toTokenRecord(row) }));
      }),
  };
  return { ...imported, noteChange };
}

/** One after the other, so that the rest of the pool stays with those who ask for something else. */
function createTurns(maxWaiting: number, now: () => number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return (work) => {
    if (waiting >= maxWaiting) return Promise.reject(new Error('Too many look-ups of imported tokens are under way.'));
    waiting += 1;
    const askedAt = now();
    const result = last
      .then(() => (now() - askedAt > MAX_WAIT_MS ? Promise.reject(new WaitedTooLong()) : work()))
      .finally(() => {
        waiting -= 1;
      });
    last = result.catch(() => undefined);
    return result;
  };
}
