import { Migration } from '@mikro-orm/migrations';

/** What the usage log knows of a request beyond its token: the secret that was presented, what it cost, what a rule on trial says. */
export class Secrets extends Migration {
  override up(): void {
    for (const statement of usage) this.addSql(statement);
  }
}

const usage = [
  `alter table api_token_usage
    add column secret_id int null,
    add column cost int not null default 1,
    add column trial varchar(64) null,
    add constraint api_token_usage_cost_check check (cost >= 0)`,
];
