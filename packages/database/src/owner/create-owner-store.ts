import type { SqlExecutor } from '../sql-executor.ts';
import { createParameters, type SqlParameters } from '../sql-parameters.ts';
import { STATUS } from '../token/select-tokens.ts';
import type { TokenStore } from '../token/token-store.ts';
import type { Owner, OwnerQuery, OwnerSort, OwnerStore, OwnerView } from './owner-store.ts';

export interface OwnerStoreOptions {
  readonly sql: SqlExecutor;
  readonly tokens: Pick<TokenStore, 'endOwner'>;
  readonly now: () => number;
}

const HOUR = 3_600_000;

const SORTS: Record<OwnerSort, string> = {
  owner: 'owner_type || owner_id',
  tokens: 'tokens',
  active: 'active',
  requests_24h: '"requests24h"',
  total_requests: '"totalRequests"',
  last_used_at: '"lastUsedAt"',
};

/** Owners in PostgreSQL: read from their tokens and from the rollups, never from the log. */
export function createOwnerStore({ sql, tokens, now }: OwnerStoreOptions): OwnerStore {
  return {
    list: (query) => listOwners(sql, query, now()),
    get: (owner) => readOwner(sql, owner, now()),
    countActive: ({ type, id }) => sql.query(COUNT_ACTIVE, [type, id, new Date(now())]),
    end: (owner, options, actor) => tokens.endOwner(owner, options, actor),
  };
}

const COUNT_ACTIVE = `select key_type as "keyType", environment, count(*)::int as tokens from api_tokens
  where owner_type = $1 and owner_id = $2 and revoked_at is null and (expires_at is null or expires_at > $3::timestamptz) group by 1, 2`;

async function listOwners(sql: SqlExecutor, query: OwnerQuery, now: number): Promise<{ owners: OwnerView[]; total: number }> {
  const parameters = startParameters(now);
  const found = selectOwners(matchOwners(query, parameters));
  const direction = query.order === 'asc' ? 'asc' : 'desc';
  const order = `order by ${SORTS[query.sort]} ${direction} nulls last, owner_type ${direction}, owner_id ${direction}`;
  const page = `limit ${parameters.bind(query.limit)} offset ${parameters.bind(query.offset)}`;
  const rows = await sql.query<Row>(`with owners as (${found}) ${PAGE} from owners ${order} ${page}`, parameters.values);
  return { owners: rows.map(({ owners: _, ...row }) => row), total: rows[0]?.owners ?? (await countOwners(sql, query, now)) };
}

/** Where a page lies beyond the end, no row says how many owners there are. */
async function countOwners(sql: SqlExecutor, query: OwnerQuery, now: number): Promise<number> {
  if (query.offset === 0) return 0;
  const parameters = startParameters(now);
  const found = selectOwners(matchOwners(query, parameters));
  const [row] = await sql.query<{ count: number }>(`select count(*)::int as count from (${found}) owners`, parameters.values);
  return row?.count ?? 0;
}

async function readOwner(sql: SqlExecutor, { type, id }: Owner, now: number): Promise<OwnerView> {
  const parameters = startParameters(now);
  const found = selectOwners(`t.owner_type = ${parameters.bind(type)} and t.owner_id = ${parameters.bind(id)}`);
  const [row] = await sql.query<Row>(`with owners as (${found}) ${PAGE} from owners`, parameters.values);
  if (row === undefined) return { ...NO_TOKENS, ownerType: type, ownerId: id };
  const { owners: _, ...owner } = row;
  return owner;
}

type Row = OwnerView & { owners: number };

const NO_TOKENS = {
  tokens: 0,
  active: 0,
  disabled: 0,
  expired: 0,
  revoked: 0,
  requests24h: 0,
  failed24h: 0,
  totalRequests: 0,
  lastUsedAt: null,
};

/** `$1`: now; `$2`: the first of the 24 hours that end with the running one. */
function startParameters(now: number): SqlParameters {
  return createParameters(new Date(now), new Date((Math.floor(now / HOUR) - 23) * HOUR));
}

function matchOwners({ q, type }: OwnerQuery, { bind }: SqlParameters): string {
  const conditions = ['t.owner_type is not null'];
  if (type !== undefined) conditions.push(`t.owner_type = ${bind(type)}`);
  const text = q?.replaceAll('\0', '').trim();
  if (text) {
    const pattern = bind(`%${text.replace(/[\\%_]/g, '\\$&')}%`);
    conditions.push(`(t.owner_type ilike ${pattern} or t.owner_id ilike ${pattern})`);
  }
  return conditions.join(' and ');
}

const countOf = (status: string) => `count(*) filter (where ${STATUS} = '${status}')::int as ${status}`;

function selectOwners(condition: string): string {
  return `select t.owner_type, t.owner_id, count(*)::int as tokens,
      ${['active', 'disabled', 'expired', 'revoked'].map(countOf).join(', ')},
      coalesce(sum(h.requests), 0)::float8 as "requests24h", coalesce(sum(h.failed), 0)::float8 as "failed24h",
      coalesce(sum(u.requests), 0)::float8 as "totalRequests", max(t.last_used_at) as last_used_at
    from api_tokens t
    left join usage_token_total u on u.token_id = t.id
    left join (select token_id, sum(requests) as requests, sum(requests - ok) as failed from usage_token_hour
      where hour >= $2::timestamptz group by token_id) h on h.token_id = t.id
    where ${condition} group by t.owner_type, t.owner_id`;
}

const PAGE = `select owner_type as "ownerType", owner_id as "ownerId", tokens, active, disabled, expired, revoked, "requests24h", "failed24h",
  "totalRequests", to_char(last_used_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "lastUsedAt", count(*) over ()::int as owners`;
