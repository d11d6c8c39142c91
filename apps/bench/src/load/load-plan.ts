/** What is sent to a server, how fast, and what it has to answer. */
export interface LoadPlan {
  /** Of the loopback address. */
  readonly port: number;
  /** Whole requests, sent in turn. */
  readonly requests: readonly Uint8Array[];
  readonly connections: number;
  readonly durationMs: number;
  /** Requests a second, at random moments; `null`: as many as there are answers to. */
  readonly ratePerSecond: number | null;
  /** Whether others need the load generator's processor too: then it rests for some microseconds while nothing is due. Default: no. */
  readonly sharesProcessor?: boolean;
  /** How much longer than `durationMs` what was due and what is under way may take, in milliseconds; default 10,000. */
  readonly lastAnswerMs?: number;
  readonly expected: { readonly status: number; readonly body: Uint8Array | null };
}

/** What came of it. Everything that was sent is in it: the run ends with the last answer. */
export interface LoadReport {
  /** Answers as expected. */
  readonly answered: number;
  /** Other answers, and connections that broke. */
  readonly wrong: number;
  /** Some of what was wrong, in words. */
  readonly problems: readonly string[];
  readonly elapsedMs: number;
  /** Processor time of the load generator itself. */
  readonly ownCpuMs: number;
  /** From the moment a request was due, in microseconds; `null`: nothing was answered. */
  readonly latency: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
}
