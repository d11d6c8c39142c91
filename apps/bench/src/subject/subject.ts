/** What a server gets to be started with. */
export interface SubjectContext {
  /** Its own, empty, and gone afterwards. */
  readonly directory: string;
  /** How many tokens it makes. */
  readonly tokenCount: number;
  /** Requests a minute that each token may make; measured with so many that nobody is refused. */
  readonly limit: number;
  /** Of the server behind a gateway; `null` for a subject that needs none. */
  readonly upstreamPort: number | null;
  /** `null` for a subject that needs none. */
  readonly postgresUrl: string | null;
}

/** A server that is ready for load. */
export interface RunningSubject {
  readonly port: number;
  /** The processes whose work is measured; those below them count as well. Default: the one that called. */
  readonly pids?: readonly number[];
  /** Path of the request. */
  readonly path: string;
  /** One header line for each token, such as `Authorization: Bearer …`; empty: it asks for none. */
  readonly credentials: readonly string[];
  close(): Promise<void>;
}

/** This machine lacks what the subject needs; the sentence says what. */
export interface Unavailable {
  readonly unavailable: string;
}

export type StartSubject = (context: SubjectContext) => Promise<RunningSubject | Unavailable>;

/** `peer`: others that do the guard's work in process; `proxy`: others that do the gateway's. */
export type SubjectGroup = 'bare' | 'guard' | 'peer' | 'gateway' | 'proxy';

/** One server of the comparison. */
export interface Subject {
  /** As in `--only`. */
  readonly name: string;
  readonly title: string;
  readonly group: SubjectGroup;
  readonly needs?: readonly ('upstream' | 'postgres')[];
  /** What of the guard's work it does not do, in words. */
  readonly leavesOut: string;
  /** Loaded in the subject's own process, so that no other one carries its libraries. */
  readonly load: () => Promise<StartSubject>;
}
