import { Migration } from '@mikro-orm/migrations';

/** Rules on trial: the proposal beside the token, and what it would have refused, in the log and by hour. Finding a request by its id. */
export class Trial extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `alter table api_tokens add column trial jsonb, add constraint api_tokens_trial_check check (jsonb_typeof(trial) = 'object')`,
  `alter table usage_token_hour
    add column trial_endpoint integer not null default 0,
    add column trial_scope integer not null default 0,
    add column trial_rate integer not null default 0`,
  // Few rows enter it: those of tokens with a trial, and of them those that it would refuse.
  'create index api_token_usage_trial_index on api_token_usage (token_id, at desc) where trial is not null',
  // Request ids are random: a tree over them would cost more than the log's other indexes together. A filter for each few pages says
  // in which of them an id can be at all.
  'create index api_token_usage_request_id_index on api_token_usage using brin (request_id text_bloom_ops) with (autosummarize = on)',
];
