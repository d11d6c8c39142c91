import { listTokenPrefixes, OperationError } from '@latchkey/core';
import type { Actor } from '@latchkey/database';
import type { ApiParts } from '../context.ts';
import { snakeCasePath } from '../rest/field-case.ts';
import type { ImportReport, ImportRow, ImportTokensInput } from '../schemas/import.ts';
import { boundsOfSettings, chooseTokenSettings } from './issue-token.ts';
import { parseImportRow, readForeignSecret } from './parse-import-row.ts';

type ImportParts = Pick<ApiParts, 'tokens' | 'secrets' | 'mint' | 'policy' | 'now' | 'tokensChanged'>;
type RowReport = Omit<ImportReport['rows'][number], 'row'>;

/**
 * Takes tokens over from another system: `{ rows, dryRun }` in, one report for each row out (`importTokensInputSchema`, `importRowSchema`,
 * `importReportSchema`). They go on working with their original text, and are digested anew under our secret when they are used for the
 * first time. The policy holds for them as for new tokens. Each row is a change of its own, with its audit row: a bad one stops no other,
 * and a call that was cut off can be made again, because what is here already is skipped.
 */
export async function importTokens(parts: ImportParts, { rows, dryRun }: ImportTokensInput, actor: Actor): Promise<ImportReport> {
  const report: ImportReport = { dryRun, imported: 0, skipped: 0, failed: 0, rows: [], effective: null };
  const seen = new Map<string, number>();
  for (const [index, row] of rows.entries()) {
    const result = await importRow(parts, row, { dryRun, seen, row: index + 1 }, actor);
    report[result.status] += 1;
    report.rows.push({ row: index + 1, ...result });
  }
  const made = report.rows.flatMap(({ id, status }) => (status === 'imported' && id !== null ? [id] : []));
  if (made.length > 0) report.effective = await parts.tokensChanged(made);
  return report;
}

interface Progress {
  readonly dryRun: boolean;
  /** Digest of a row of this call → its number. */
  readonly seen: Map<string, number>;
  readonly row: number;
}

async function importRow(parts: ImportParts, raw: Record<string, unknown>, progress: Progress, actor: Actor): Promise<RowReport> {
  try {
    return await takeOver(parts, parseImportRow(raw), progress, actor);
  } catch (error) {
    // What is not about this row – the database is gone – ends the call.
    if (!(error instanceof OperationError) || error.code === 'TEMPORARILY_UNAVAILABLE') throw error;
    if (error.code === 'CONFLICT') return { status: 'skipped', id: null, message: error.message };
    const details = error.details.map(({ path, message }) => `${snakeCasePath(path)}: ${message}`).join(' ');
    return { status: 'failed', id: null, message: details || error.message };
  }
}

async function takeOver(parts: ImportParts, row: ImportRow, { dryRun, seen, row: number }: Progress, actor: Actor): Promise<RowReport> {
  const prefixes = listTokenPrefixes(parts.policy).map(({ prefix }) => prefix);
  const { secret, digests, importDigests } = readForeignSecret(row, parts.mint, prefixes);
  const settings = chooseTokenSettings(parts.policy, requestOf(row), parts.now());
  const key = Buffer.from(secret.digest).toString('base64');
  const earlier = seen.get(key);
  if (earlier !== undefined) return { status: 'skipped', id: null, message: `The same secret as row ${earlier}.` };
  const here = await parts.secrets.findImported(digests, importDigests);
  if (here !== null) return { status: 'skipped', id: here, message: 'A token with this secret is here already.' };
  if (secret.digestAlgorithm === 'bcrypt') await parts.secrets.refuseCrowdedHints(secret);
  seen.set(key, number);
  if (dryRun) return { status: 'imported', id: null, message: 'Would be imported.' };
  const token = await parts.tokens.create(
    { ...settings, ...secret, importDigest: importDigests[0] ?? null },
    actor,
    boundsOfSettings(parts.policy, settings),
  );
  return { status: 'imported', id: token.id, message: 'Imported.' };
}

function requestOf({ ownerType, ownerId, expiresAt, ...row }: ImportRow) {
  if ((ownerType === undefined) !== (ownerId === undefined)) {
    const message = 'Give owner_type and owner_id together, or neither.';
    throw new OperationError('VALIDATION_ERROR', 'Invalid input', [{ path: 'ownerId', message }]);
  }
  const owner = ownerType !== undefined && ownerId !== undefined ? { type: ownerType, id: ownerId } : null;
  const { name = null, description, keyType, environment, scopes, allowedEndpoints, rateLimit, rateLimitWindowMs } = row;
  const limit = { ...(rateLimit !== undefined && { rateLimit }), ...(rateLimitWindowMs !== undefined && { rateLimitWindowMs }) };
  return { name, description, keyType, environment, scopes, allowedEndpoints, ...limit, owner, expiry: { expiresAt } };
}
