import { Migration } from '@mikro-orm/migrations';

/** The processes that serve, for as long as they do. */
export class Gateways extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  // Written every second and worth nothing after a crash of the database, when every process writes its row again: unlogged.
  `create unlogged table gateway (
    id uuid primary key,
    name varchar(255) not null,
    host varchar(255) not null,
    pid int not null,
    version varchar(50) not null,
    threads int not null,
    limiter_mode varchar(20) not null,
    max_stale_ms bigint not null,
    hears boolean not null default false,
    applied_version bigint not null default 0,
    started_at timestamptz(3) not null default clock_timestamp(),
    seen_at timestamptz(3) not null default clock_timestamp(),
    constraint gateway_threads_check check (threads >= 1),
    constraint gateway_max_stale_check check (max_stale_ms >= 0)
  ) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)`,
];
