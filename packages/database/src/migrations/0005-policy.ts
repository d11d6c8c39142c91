import { Migration } from '@mikro-orm/migrations';

/** Tokens without a name, tokens that their owner may see again, owners as something to look for, and more kinds of audit targets. */
export class Policy extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  'alter table api_tokens alter column name drop not null',
  // Only of public key types that can not be revoked (S2-187): the one text that is stored, because it is no secret.
  'alter table api_tokens add column viewable_text varchar(255), add constraint api_tokens_viewable_check check (viewable_text is null or key_type is not null)',
  'create index api_tokens_owner_index on api_tokens (owner_type, owner_id)',
  `alter table audit_log drop constraint audit_log_target_type_check,
    add constraint audit_log_target_type_check check (target_type ~ '^[a-z_]+$')`,
];
