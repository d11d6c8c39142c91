import { createEventId, type EventType } from '@latchkey/core';
import type { SqlExecutor } from '../sql-executor.ts';
import { describeEventToken } from './describe-event-token.ts';

/** Something that happened to a token. */
export interface NoticedEvent {
  readonly type: EventType;
  readonly tokenId: number;
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  /** Beside `data.token`, in the names of the wire. */
  readonly details: Readonly<Record<string, unknown>>;
  /** What makes it the same fact however often and by whomever it is noticed; `null`: it is told each time. */
  readonly fact: string | null;
}

const TOKENS = `
  select id, name, prefix, last4, key_type as "keyType", environment, owner_type as "ownerType", owner_id as "ownerId", active,
    (extract(epoch from expires_at) * 1000)::float8 as "expiresAt", (extract(epoch from created_at) * 1000)::float8 as "createdAt"
  from api_tokens where id = any($1::int[])`;

const INSERT = `
  insert into events (id, type, occurred_at, token_id, data, fact)
  select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::int[], $5::jsonb[], $6::text[])
  on conflict (fact) do nothing`;

interface Row {
  id: number;
  name: string | null;
  prefix: string;
  last4: string;
  keyType: string | null;
  environment: string | null;
  ownerType: string | null;
  ownerId: string | null;
  active: boolean;
  expiresAt: number | null;
  createdAt: number;
}

/** Writes events into the outbox, inside whatever transaction is open. Facts that are there already, and tokens that are gone, are left out. */
export async function appendTokenEvents(executor: SqlExecutor, noticed: readonly NoticedEvent[]): Promise<void> {
  if (noticed.length === 0) return;
  const rows = await executor.query<Row>(TOKENS, [[...new Set(noticed.map(({ tokenId }) => tokenId))]]);
  const tokens = new Map(rows.map((row) => [row.id, describe(row)]));
  const known = noticed.filter(({ tokenId }) => tokens.has(tokenId));
  if (known.length === 0) return;
  await executor.query(INSERT, [
    known.map(({ occurredAt }) => createEventId(occurredAt)),
    known.map(({ type }) => type),
    known.map(({ occurredAt }) => new Date(occurredAt)),
    known.map(({ tokenId }) => tokenId),
    known.map(({ tokenId, details }) => JSON.stringify({ token: tokens.get(tokenId), ...details })),
    known.map(({ fact }) => fact),
  ]);
}

function describe({ expiresAt, createdAt, ...row }: Row) {
  return describeEventToken({ ...row, expiresAt: expiresAt === null ? null : new Date(expiresAt), createdAt: new Date(createdAt) });
}
