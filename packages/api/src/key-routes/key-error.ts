/** Everything the key routes refuse, by the codes that better-auth clients know (S3-109). */
export const API_KEY_ERROR_CODES = {
  VALIDATION_ERROR: { status: 400, message: 'The input is not as the call needs it.' },
  INVALID_METADATA_TYPE: { status: 400, message: 'Metadata must be an object.' },
  METADATA_DISABLED: { status: 400, message: 'Keys of this configuration carry no metadata.' },
  REFILL_AMOUNT_AND_INTERVAL_REQUIRED: { status: 400, message: 'Send refillInterval together with refillAmount.' },
  REFILL_INTERVAL_AND_AMOUNT_REQUIRED: { status: 400, message: 'Send refillAmount together with refillInterval.' },
  EXPIRES_IN_IS_TOO_SMALL: { status: 400, message: 'expiresIn is below the shortest life of this configuration.' },
  EXPIRES_IN_IS_TOO_LARGE: { status: 400, message: 'expiresIn is beyond the longest life of this configuration.' },
  KEY_DISABLED_EXPIRATION: { status: 400, message: 'Keys of this configuration take no expiry of their own. Leave expiresIn out.' },
  INVALID_PREFIX_LENGTH: { status: 400, message: 'The prefix is too short or too long for this configuration.' },
  INVALID_NAME_LENGTH: { status: 400, message: 'The name is too short or too long for this configuration.' },
  NAME_REQUIRED: { status: 400, message: 'Keys of this configuration need a name.' },
  NO_VALUES_TO_UPDATE: { status: 400, message: 'The update names nothing to change.' },
  SERVER_ONLY_PROPERTY: {
    status: 400,
    message:
      'remaining, refillAmount, refillInterval, the rateLimit members and permissions are for servers: send them with an administrator JWT.',
  },
  ORGANIZATION_ID_REQUIRED: { status: 400, message: 'Keys of this configuration belong to an organization: send organizationId.' },
  NO_DEFAULT_API_KEY_CONFIGURATION_FOUND: { status: 400, message: 'There is no configuration of this id, and no default one.' },
  UNAUTHORIZED: { status: 401, message: 'Sign in first.' },
  UNAUTHORIZED_SESSION: { status: 401, message: 'Sign in first; userId can only be sent with an administrator JWT.' },
  INVALID_API_KEY: { status: 401, message: 'The key is not one of ours.' },
  KEY_DISABLED: { status: 401, message: 'The key is switched off.' },
  KEY_EXPIRED: { status: 401, message: 'The key has expired.' },
  FORBIDDEN: { status: 403, message: 'Only administrators may call this.' },
  USER_NOT_MEMBER_OF_ORGANIZATION: { status: 403, message: 'Keys of organizations are for administrators.' },
  KEY_NOT_FOUND: { status: 404, message: 'There is no such key among yours, or it does not hold the permissions that were asked for.' },
  NOT_FOUND: { status: 404, message: 'There is nothing at this path.' },
  METHOD_NOT_ALLOWED: { status: 405, message: 'This call is made with another method.' },
  CONFLICT: { status: 409, message: 'The key can not be changed in this way.' },
  PAYLOAD_TOO_LARGE: { status: 413, message: 'The body is too large.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, message: 'Send the body as application/json.' },
  LIMIT_REACHED: { status: 422, message: 'The owner has as many keys as it may have.' },
  RATE_LIMITED: { status: 429, message: 'The key has made too many requests. Wait the milliseconds in details.tryAgainIn.' },
  TOO_MANY_REQUESTS: { status: 429, message: 'There were too many calls. Wait and try again.' },
  USAGE_EXCEEDED: { status: 429, message: 'The requests granted to the key are used up.' },
  INTERNAL_SERVER_ERROR: { status: 500, message: 'The call failed on our side.' },
  TEMPORARILY_UNAVAILABLE: { status: 503, message: 'The key store can not be reached at the moment. Try again in a few seconds.' },
} as const;

export type KeyErrorCode = keyof typeof API_KEY_ERROR_CODES;

/** A key route that refuses: `{ code, message }` with the status of its code (S3-108). */
export class KeyError extends Error {
  readonly code: KeyErrorCode;

  /** @param message for one case in particular; default: what the table says. */
  constructor(code: KeyErrorCode, message: string = API_KEY_ERROR_CODES[code].message) {
    super(message);
    this.name = 'KeyError';
    this.code = code;
  }

  get status(): number {
    return API_KEY_ERROR_CODES[this.code].status;
  }
}
