type LogMethod = (fields: object, message: string) => void;

/** The part of a pino logger that this package writes to. */
export interface DatabaseLogger {
  readonly info: LogMethod;
  readonly warn: LogMethod;
}

const silent: LogMethod = () => undefined;
export const silentLogger: DatabaseLogger = { info: silent, warn: silent };
