import type { Refused, UsageSink } from '@latchkey/bearer-auth';
import { DENIALS, type UsageRecord } from '@latchkey/core';
import type { Logger } from 'pino';
import { safeRoute } from './safe-route.ts';

export interface RequestLog {
  /** A sink that tells of what passes through it. */
  watch(sink: UsageSink): UsageSink;
  /** A request that was refused without a record. */
  noteUnrecorded(refused: Pick<Refused, 'reason' | 'requestId'>): void;
}

/** An upstream that is away fails every request: a few lines tell as much. */
const MOST_PER_SECOND = 10;

/** A line at `warn` for what could not be served, ten a second at most; at `debug` one for every request. What a client sent is in none but for the endpoint. */
export function createRequestLog(logger: Pick<Logger, 'warn' | 'debug' | 'isLevelEnabled'>, now: () => number): RequestLog {
  const isVerbose = logger.isLevelEnabled('debug');
  let second = 0;
  let lines = 0;
  let left = 0;

  function warn(fields: object): void {
    const current = Math.floor(now() / 1000);
    if (current !== second) [second, lines] = [current, 0];
    lines += 1;
    if (lines > MOST_PER_SECOND) {
      left += 1;
      return;
    }
    logger.warn({ ...fields, ...(left > 0 && { not_logged: left }) }, 'A request could not be served');
    left = 0;
  }

  function note(record: UsageRecord): void {
    if (isFailure(record)) warn(fieldsOf(record));
    else if (isVerbose) logger.debug(fieldsOf(record), 'A request');
  }

  return {
    watch: (sink) => ({
      get accepting() {
        return sink.accepting;
      },
      append(record, done) {
        if (record.kind === 'request' && (isVerbose || record.status >= 500)) note(record);
        sink.append(record, done);
      },
    }),
    noteUnrecorded({ reason, requestId }) {
      const { status, code } = DENIALS[reason];
      const fields = { request_id: requestId, status, outcome: code, reason };
      if (status >= 500) warn(fields);
      else if (isVerbose) logger.debug(fields, 'A request');
    },
  };
}

/** What the API itself answers is its own matter. */
function isFailure({ status, outcome }: UsageRecord): boolean {
  return status >= 500 && outcome !== 'VALID';
}

function fieldsOf({ requestId, tokenId, method, endpoint, status, outcome, durationUs }: UsageRecord): object {
  return {
    ...{ request_id: requestId, token_id: tokenId, method: safeRoute(method), endpoint: safeRoute(endpoint) },
    ...{ status, outcome, duration_ms: durationUs / 1000 },
  };
}
