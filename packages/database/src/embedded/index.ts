export type { EmbeddedPostgresLogger } from './embedded-postgres-logger.ts';
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './start-embedded-postgres.ts';
