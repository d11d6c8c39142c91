export interface OutcomeText {
  readonly label: string;
  /** Which rule decided, and what to do about it. */
  readonly explanation: string;
}

const TEXTS: Readonly<Record<string, OutcomeText>> = {
  VALID: { label: 'Allowed', explanation: 'The token was accepted and the API answered.' },
  CLIENT_CLOSED: {
    label: 'Caller left',
    explanation: 'The token was accepted, but the caller closed the connection before the answer was complete.',
  },
  RATE_LIMITED: {
    label: 'Rate-limited',
    explanation: 'The token had used up its requests for this window. Raise its limit, or let the caller wait.',
  },
  USAGE_EXCEEDED: { label: 'Quota used up', explanation: 'The token has no calls left. Raise or refill its quota.' },
  IP_NOT_ALLOWED: {
    label: 'Address not allowed',
    explanation: 'The request came from an address that is not in the list of the token. Add it under Settings if it should.',
  },
  ENDPOINT_NOT_ALLOWED: {
    label: 'Endpoint not allowed',
    explanation: 'No endpoint pattern of the token matches this request. Add one under Settings if it should.',
  },
  INSUFFICIENT_SCOPE: { label: 'Scope missing', explanation: 'The endpoint asks for a scope or permission that the token does not hold.' },
  KEY_REVOKED: { label: 'Revoked', explanation: 'The token had been revoked. Revocation is permanent.' },
  KEY_DISABLED: { label: 'Disabled', explanation: 'The token was switched off.' },
  KEY_EXPIRED: { label: 'Expired', explanation: 'The token was past its expiry.' },
  KEY_NOT_YET_VALID: { label: 'Not valid yet', explanation: 'The token starts to work at a later time.' },
  ENVIRONMENT_MISMATCH: { label: 'Other environment', explanation: 'The token belongs to another environment than this API.' },
  INVALID_API_KEY: { label: 'Not accepted here', explanation: 'The token belongs to another configuration than this API.' },
  INVALID_PATH: {
    label: 'Invalid path',
    explanation: 'The path was not canonical (dot segments, double or encoded slashes), so it was refused unread.',
  },
  UPSTREAM_ERROR: {
    label: 'Upstream error',
    explanation: 'The token was accepted, but the API behind could not be reached or gave no valid answer.',
  },
  UPSTREAM_TIMEOUT: { label: 'Upstream timeout', explanation: 'The token was accepted, but the API behind took too long to answer.' },
  UPGRADE_NOT_SUPPORTED: {
    label: 'Upgrade refused',
    explanation: 'The caller asked for a protocol upgrade such as WebSocket, which is not passed on.',
  },
  TEMPORARILY_UNAVAILABLE: {
    label: 'Unavailable',
    explanation: 'The token could not be checked, or the request not recorded, at that moment. The caller was asked to try again.',
  },
};

/** Outcomes in the order the filter offers them. */
export const OUTCOMES = Object.keys(TEXTS);

/** An outcome in words. A code that this console does not know yet is shown as it is. */
export function outcomeText(code: string): OutcomeText {
  return (
    (Object.hasOwn(TEXTS, code) ? TEXTS[code] : undefined) ?? { label: code, explanation: 'The API’s error catalogue explains this code.' }
  );
}
