import type { DenialReason } from '@latchkey/core';
import type { Upload } from './upload.ts';
import type { Connection } from './upstream/connection.ts';
import type { ResponseParts } from './upstream/response-reader.ts';

/** Passes an upstream's answer on to a client. Nothing of a read goes out before all of it has been found to be right. */
export interface AnswerRelay extends ResponseParts {
  /** Sends what has been read so far. `false`: it has a status or a field that HTTP does not know. */
  flush(): boolean;
  /** Sends the rest, and ends the answer; `false` as for `flush`. */
  end(): boolean;
}

/** Whoever made a request that was admitted, and waits for its answer. */
export interface ExchangeClient {
  readonly method: string;
  /** Whether its request may be sent a second time. */
  readonly isRepeatable: boolean;
  /** Whether the rest of the answer waits for it to read. */
  readonly isStalled: boolean;
  /** `null`: there is no body but what the head may bring along. */
  createUpload(connection: Connection, onDone: () => void): Upload | null;
  createRelay(connection: Connection): AnswerRelay;
  /** Calls back when its connection closes, or its answer has ended. */
  onClose(listener: () => void): void;
  /** Answers in place of the upstream, or cuts the answer off where half of it is out. */
  deny(reason: DenialReason): void;
  /** Ends its connection: it has stopped reading, or sending. */
  cut(): void;
}
