type LogMethod = (fields: object, message: string) => void;

/** The part of a pino logger that the embedded PostgreSQL writes to. */
export interface EmbeddedPostgresLogger {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
}
