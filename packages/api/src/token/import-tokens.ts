import { listTokenPrefixes, OperationError } from '@latchkey/core';
import type { Actor, NewToken, SecretMarks, TokenBounds } from '@latchkey/database';
import type { ApiParts } from '../context.ts';
import { snakeCasePath } from '../rest/field-case.ts';
import type { ImportReport, ImportRow, ImportTokensInput } from '../schemas/import.ts';
import { boundsOfSettings, chooseTokenSettings } from './issue-token.ts';
import { parseImportRow, readForeignSecret } from './parse-import-row.ts';

type ImportParts = Pick<ApiParts, 'tokens' | 'secrets' | 'mint' | 'policy' | 'now' | 'tokensChanged'>;
type RowReport = ImportReport['rows'][number];

/** What a row asks for, as far as it can be judged without a look at what is here. */
interface Candidate {
  readonly row: number;
  readonly token: NewToken;
  readonly bounds: TokenBounds;
  readonly marks: SecretMarks;
}

interface Progress {
  readonly dryRun: boolean;
  /** Digest of a row of this call → its number. */
  readonly seen: Map<string, number>;
}

/** Rows that are looked up together, and stored in one transaction: long enough to be quick, short enough to hold nobody up. */
const GROUP = 100;

/**
 * Takes tokens over from another system: `{ rows, dryRun }` in, one report for each row out (`importTokensInputSchema`, `importRowSchema`,
 * `importReportSchema`). They go on working with their original text, and are digested anew under our secret when they are used for the
 * first time. The policy holds for them as for new tokens. A bad row stops no other, each token has its audit row, and a call that was cut
 * off can be made again, because what is here already is skipped.
 */
export async function importTokens(parts: ImportParts, { rows, dryRun }: ImportTokensInput, actor: Actor): Promise<ImportReport> {
  const report: ImportReport = { dryRun, imported: 0, skipped: 0, failed: 0, rows: [], effective: null };
  const progress: Progress = { dryRun, seen: new Map() };
  for (let from = 0; from < rows.length; from += GROUP) {
    const group = rows.slice(from, from + GROUP).map((raw, index) => readRow(parts, raw, from + index + 1));
    report.rows.push(...(await importGroup(parts, group, progress, actor)));
  }
  for (const { status } of report.rows) report[status] += 1;
  const made = report.rows.flatMap(({ id, status }) => (status === 'imported' && id !== null ? [id] : []));
  if (made.length > 0) report.effective = await parts.tokensChanged(made);
  return report;
}

function readRow(parts: ImportParts, raw: Record<string, unknown>, row: number): Candidate | RowReport {
  try {
    const fields = parseImportRow(raw);
    const prefixes = listTokenPrefixes(parts.policy).map(({ prefix }) => prefix);
    const { secret, ...marks } = readForeignSecret(fields, parts.mint, prefixes);
    const settings = chooseTokenSettings(parts.policy, requestOf(fields), parts.now());
    const token = { ...settings, ...secret, importDigest: marks.importDigests[0] ?? null };
    return { row, token, bounds: boundsOfSettings(parts.policy, settings), marks };
  } catch (error) {
    return describeRefusal(error, row);
  }
}

async function importGroup(
  parts: ImportParts,
  group: readonly (Candidate | RowReport)[],
  progress: Progress,
  actor: Actor,
): Promise<RowReport[]> {
  const candidates = group.filter((each) => 'token' in each);
  const here = await parts.secrets.findImported(candidates.map(({ marks }) => marks));
  const skipped = candidates.flatMap((candidate, index) => skip(candidate, here[index] ?? null, progress.seen) ?? []);
  const known = new Set(skipped.map(({ row }) => row));
  const made = await takeOver(
    parts,
    candidates.filter(({ row }) => !known.has(row)),
    progress.dryRun,
    actor,
  );
  const reports = new Map([...skipped, ...made].map((each) => [each.row, each]));
  return group.flatMap((each) => ('token' in each ? (reports.get(each.row) ?? []) : each));
}

/** What is said of a secret that is here, or was in this call; `null`: it is new. */
function skip({ row, token }: Candidate, here: number | null, seen: Map<string, number>): RowReport | null {
  if (here !== null) return hereAlready(row, here);
  const key = Buffer.from(token.digest).toString('base64');
  const earlier = seen.get(key);
  if (earlier !== undefined) return { row, status: 'skipped', id: null, message: `The same secret as row ${earlier}.` };
  seen.set(key, row);
  return null;
}

/** All at once where nothing has to be counted for each. Where one of them stands in the way of all, they go one by one. */
async function takeOver(parts: ImportParts, candidates: readonly Candidate[], dryRun: boolean, actor: Actor): Promise<RowReport[]> {
  if (!dryRun && candidates.length > 1 && candidates.every(isUncounted)) {
    const ids = await parts.tokens
      .createAll(
        candidates.map(({ token }) => token),
        actor,
      )
      .catch(giveWayToRefusal);
    if (ids !== null) return candidates.map(({ row }, index) => imported(row, ids[index] ?? null));
  }
  const reports: RowReport[] = [];
  for (const candidate of candidates) reports.push(await takeOverOne(parts, candidate, dryRun, actor));
  return reports;
}

/** Neither an owner's limit nor the number of hashes that look alike has a say. */
function isUncounted({ token, bounds }: Candidate): boolean {
  return bounds.perOwner === null && bounds.perType === null && token.digestAlgorithm !== 'bcrypt';
}

async function takeOverOne(parts: ImportParts, candidate: Candidate, dryRun: boolean, actor: Actor): Promise<RowReport> {
  const { row, token, bounds, marks } = candidate;
  try {
    // A row before this one may have brought it in another form.
    const [here = null] = dryRun ? [] : await parts.secrets.findImported([marks]);
    if (here !== null) return hereAlready(row, here);
    if (token.digestAlgorithm === 'bcrypt') await parts.secrets.refuseCrowdedHints(token);
    if (dryRun) return { row, status: 'imported', id: null, message: 'Would be imported.' };
    const { id } = await parts.tokens.create(token, actor, bounds);
    return imported(row, id);
  } catch (error) {
    return describeRefusal(error, row);
  }
}

function hereAlready(row: number, id: number): RowReport {
  return { row, status: 'skipped', id, message: 'A token with this secret is here already.' };
}

function imported(row: number, id: number | null): RowReport {
  return { row, status: 'imported', id, message: 'Imported.' };
}

/** What is not about a row – the database is gone – ends the call. */
function refusalOf(error: unknown): OperationError {
  if (error instanceof OperationError && error.code !== 'TEMPORARILY_UNAVAILABLE') return error;
  throw error;
}

function giveWayToRefusal(error: unknown): null {
  refusalOf(error);
  return null;
}

function describeRefusal(error: unknown, row: number): RowReport {
  const { code, message, details } = refusalOf(error);
  if (code === 'CONFLICT') return { row, status: 'skipped', id: null, message };
  const faults = details.map((detail) => `${snakeCasePath(detail.path)}: ${detail.message}`).join(' ');
  return { row, status: 'failed', id: null, message: faults || message };
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
