import { Migration } from '@mikro-orm/migrations';

/** Tokens that go once they have expired, as clients of better-auth are used to (C-18). All others stay until somebody deletes them. */
export class KeyRoutes extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  'alter table api_tokens add column purgeable boolean not null default false',
  // What a clean-up looks for, every ten seconds at most.
  'create index api_tokens_purge_index on api_tokens (purgeable, expires_at)',
];
