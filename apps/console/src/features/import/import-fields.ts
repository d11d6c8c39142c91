import type { ImportRow } from '@latchkey/api/schemas';
import type { ImportTable } from './read-import.ts';

export type ImportField = keyof ImportRow;

/** What a column can stand for, in the order in which it is offered, with the names that other systems have for it. */
export const IMPORT_FIELDS: readonly { field: ImportField; label: string; aliases: readonly string[] }[] = [
  { field: 'token', label: 'Token (plain text)', aliases: ['token', 'key', 'apikey', 'secret', 'plaintext'] },
  { field: 'hash', label: 'Hash of the token', aliases: ['hash', 'tokenhash', 'hashedkey', 'keyhash', 'digest', 'tokendigest', 'sha256'] },
  { field: 'name', label: 'Name', aliases: ['name', 'title', 'label'] },
  { field: 'description', label: 'Description', aliases: ['description', 'note', 'notes', 'comment'] },
  { field: 'prefix', label: 'Prefix', aliases: ['prefix'] },
  { field: 'start', label: 'First characters', aliases: ['start', 'first', 'firstcharacters'] },
  { field: 'lastCharacters', label: 'Last characters', aliases: ['lastcharacters', 'last4', 'lastfour', 'last', 'suffix', 'hint'] },
  { field: 'ownerType', label: 'Owner type', aliases: ['ownertype', 'tokenabletype', 'bearertype'] },
  { field: 'ownerId', label: 'Owner id', aliases: ['ownerid', 'userid', 'tokenableid', 'bearerid', 'referenceid'] },
  { field: 'scopes', label: 'Scopes', aliases: ['scopes', 'abilities'] },
  { field: 'allowedEndpoints', label: 'Endpoint patterns', aliases: ['allowedendpoints', 'endpoints'] },
  { field: 'rateLimit', label: 'Rate limit', aliases: ['ratelimit', 'ratelimitmax'] },
  { field: 'rateLimitWindowMs', label: 'Window of the rate limit, ms', aliases: ['ratelimitwindowms', 'ratelimittimewindow'] },
  { field: 'expiresAt', label: 'Expires at', aliases: ['expiresat', 'expires', 'expiry'] },
  { field: 'keyType', label: 'Key type', aliases: ['keytype', 'type'] },
  { field: 'environment', label: 'Environment', aliases: ['environment', 'env'] },
];

/** Field of each column; `null`: it is left out. */
export type ColumnMapping = Readonly<Record<string, ImportField | null>>;

/** What the columns most likely mean, each field once. */
export function guessMapping(columns: readonly string[]): ColumnMapping {
  const taken = new Set<ImportField>();
  const guess = (column: string): ImportField | null => {
    const plain = column.toLowerCase().replace(/[^a-z0-9]/g, '');
    const field = IMPORT_FIELDS.find((each) => !taken.has(each.field) && each.aliases.includes(plain))?.field ?? null;
    if (field !== null) taken.add(field);
    return field;
  };
  return Object.fromEntries(columns.map((column) => [column, guess(column)]));
}

/** What is missing or twice, in words; `null`: nothing. */
export function mappingFault(mapping: ColumnMapping): string | null {
  const fields = Object.values(mapping).filter((field) => field !== null);
  const twice = fields.find((field, index) => fields.indexOf(field) < index);
  if (twice !== undefined) return `Two columns stand for “${labelOf(twice)}”: choose one of them.`;
  if (!fields.includes('token') && !fields.includes('hash')) return 'Say which column has the tokens or their hashes.';
  return null;
}

export function labelOf(field: ImportField): string {
  return IMPORT_FIELDS.find((each) => each.field === field)?.label ?? field;
}

/** The rows as the operation takes them: only what is mapped, without empty cells. */
export function mapRows({ rows }: ImportTable, mapping: ColumnMapping): Record<string, unknown>[] {
  const columns = Object.entries(mapping).filter(([, field]) => field !== null);
  return rows.map((row) =>
    Object.fromEntries(columns.map(([column, field]) => [field, row[column]]).filter(([, value]) => value !== undefined && value !== '')),
  );
}

/** What is shown of a value; of a secret or a hash only its end. */
export function previewOf(value: unknown, field: ImportField | null): string {
  const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
  if (field === 'token' || field === 'hash') return text === '' ? '' : `••••${text.slice(-4)}`;
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
