import type { SpoolProblem } from '@latchkey/bearer-auth';

/** What the shipping thread is started with. */
export interface ShipperData {
  readonly databaseUrl: string;
  /** Name of this process among the gateways. */
  readonly gateway: string;
  /** Whether the database runs on this machine, for this process. */
  readonly isEmbedded: boolean;
  /** Spools that nobody keeps any more. */
  readonly leftovers: readonly string[];
}

/** What the main thread is told. */
export type MainMethods = {
  warn(fields: object, message: string): void;
  noteProblem(problem: SpoolProblem): void;
};

/** What the shipping thread answers. Beside that it takes ports of spools: `{ spool: MessagePort }`. */
export type ShipperMethods = {
  /** Stops everything, once each spool has shipped what is waiting or its database failed. */
  close(): Promise<void>;
};
