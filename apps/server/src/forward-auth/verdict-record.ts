import type { Verdict } from '@latchkey/bearer-auth';
import { type Arrived, refusalRecord, usageRecord } from '@latchkey/bearer-auth/own-exchange';
import { DENIALS, UNKNOWN_STATUS, type UsageRecord } from '@latchkey/core';

/** The original request, of which no body comes here. */
export type Asked = Omit<Arrived, 'requestBytes'>;

/**
 * The usage record of a verified request. What an allowed one was answered is known to the proxy alone. `null`: no token was identified, or
 * nothing can be recorded at all.
 */
export function verdictRecord(verdict: Verdict, asked: Asked): UsageRecord | null {
  const arrived = { ...asked, requestBytes: 0 };
  const record =
    verdict.kind === 'deny'
      ? refusalRecord(arrived, verdict, DENIALS[verdict.reason].status, 0, false)
      : usageRecord(arrived, verdict.admission, UNKNOWN_STATUS, 0, 'VALID');
  return record && { ...record, via: 'forward_auth' };
}
