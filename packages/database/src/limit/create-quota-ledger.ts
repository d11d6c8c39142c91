import { LEASE_SHARE, type QuotaGrant, type QuotaLedger } from '@latchkey/core';
import type { Pool } from 'pg';

/** Epoch milliseconds of the next refill of `api_tokens`, counted from the last one, or from the creation; `null`: there is none. */
export const REFILL_AT = `(extract(epoch from coalesce(last_refill_at, created_at)) * 1000)::float8 + refill_interval_ms`;

/**
 * Core's `grantedUnits` after whatever refill is due, as one statement. The row is locked while it is read, so that of two processes one
 * sees what the other took; it is written only where something changes, so that requests that are refused write nothing.
 * $1 id, $2 needed, $3 waiting, $4 welcome, $5 now.
 */
const LEASE = {
  name: 'lease-quota',
  text: `
    with held as (
      select id, remaining, refill_amount, refill_interval_ms, quota_epoch, ${REFILL_AT} as refill_at,
        coalesce(${REFILL_AT} <= extract(epoch from $5::timestamptz) * 1000, false) as due
      from api_tokens where id = $1 and remaining is not null for no key update
    ), filled as (
      select *, case when due then refill_amount else remaining end as base from held
    ), granted as (
      select *, case when base < $2 then 0 else least(base, greatest($3, least($4, base / ${LEASE_SHARE}))) end as units from filled
    ), written as (
      update api_tokens t
      set remaining = g.base - g.units, last_refill_at = case when g.due then $5::timestamptz else t.last_refill_at end
      from granted g where t.id = g.id and (g.due or g.units > 0)
    )
    select units::float8 as units, (base - units)::float8 as remaining, refill_amount::float8 as "refillAmount",
      refill_interval_ms::float8 as "refillIntervalMs",
      case when due then extract(epoch from $5::timestamptz) * 1000 + refill_interval_ms else refill_at end::float8 as "refillAt",
      quota_epoch::float8 as epoch
    from granted`,
};

const GIVE_BACK = {
  name: 'give-quota-back',
  text: `update api_tokens set remaining = remaining + $2
    where id = $1 and remaining is not null and quota_epoch = $3 and (${REFILL_AT}) is not distinct from $4::float8`,
};

/** Quotas as `api_tokens` keeps them: `remaining` is what no process has leased. */
export function createQuotaLedger(pool: Pool): QuotaLedger {
  return {
    async lease(tokenId, { needed, waiting, welcome }, now) {
      const { rows } = await pool.query<QuotaGrant>({ ...LEASE, values: [tokenId, needed, waiting, welcome, new Date(now)] });
      return rows[0] ?? null;
    },
    async giveBack(tokenId, { units, epoch, refillAt }) {
      await pool.query({ ...GIVE_BACK, values: [tokenId, units, epoch, refillAt] });
    },
  };
}
