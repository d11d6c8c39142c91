import { Migration } from '@mikro-orm/migrations';

/** Several limits at once, addresses, and the state of a quota that leases are good for. */
export class Limits extends Migration {
  override up(): void {
    this.addSql(`
      alter table api_tokens
        add column limits jsonb not null default '[]',
        add column allowed_ips text[],
        -- Raised by whoever sets the quota: units that were leased before are void. A change of it raises the version, unlike one of
        -- \`remaining\`, so that every process hears of it.
        add column quota_epoch bigint not null default 0,
        add constraint api_tokens_limits_check check (jsonb_typeof(limits) = 'array' and jsonb_array_length(limits) <= 10),
        add constraint api_tokens_allowed_ips_check
          check (array_position(allowed_ips, null) is null and array_position(allowed_ips, '') is null)`);
  }
}
