import { Migration } from '@mikro-orm/migrations';

/** Requests that a proxy asked about: how they came, and that nobody here saw the status they were answered with (0). */
export class ForwardAuth extends Migration {
  override up(): void {
    this.addSql(`alter table api_token_usage
      add column via varchar(16) null,
      add constraint api_token_usage_via_check check (via in ('forward_auth')),
      drop constraint api_token_usage_status_code_check,
      add constraint api_token_usage_status_code_check check ((status_code >= 100 and status_code <= 999) or (status_code = 0 and via is not null))`);
  }
}
