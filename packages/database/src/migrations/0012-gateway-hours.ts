import { Migration } from '@mikro-orm/migrations';

/** What became of the usage records of each gateway, hour by hour; written with the records themselves. */
export class GatewayHours extends Migration {
  override up(): void {
    this.addSql(`create table usage_gateway_hour (
      gateway varchar(255) not null,
      hour timestamptz not null,
      stored bigint not null,
      unwanted bigint not null,
      missing bigint not null,
      dropped bigint not null,
      constraint usage_gateway_hour_pkey primary key (hour, gateway),
      constraint usage_gateway_hour_check check (stored >= 0 and unwanted >= 0 and missing >= 0 and dropped >= 0)
    )`);
  }
}
