import type { TokenChange } from '@latchkey/core';

/** Asks every process to say so when it has heard everything up to here. */
export interface Fence {
  readonly kind: 'fence';
  /** Drawn from the sequence of the versions after the change was committed. */
  readonly version: number;
  /** Id of the process that asks; `null`: nobody, it is what this one found when it began to listen. */
  readonly from: string | null;
}

/** A process has applied everything up to a version. */
export interface Acknowledgement {
  readonly kind: 'acknowledged';
  readonly gateway: string;
  readonly version: number;
}

/** A process has come or gone. */
export interface Attendance {
  readonly kind: 'attendance';
  readonly gateway: string;
}

/** What the listening connection brings. */
export type GatewayNews = TokenChange | Fence | Acknowledgement | Attendance;

export const TOKEN_CHANNEL = 'latchkey_tokens';
export const FENCE_CHANNEL = 'latchkey_fence';
export const APPLIED_CHANNEL = 'latchkey_applied';
export const ATTENDANCE_CHANNEL = 'latchkey_attendance';

const CHANGED = /^\{"id" ?: ?(\d{1,15}), ?"version" ?: ?(\d{1,15})\}$/;
const FENCE = /^\{"version" ?: ?(\d{1,15}), ?"from" ?: ?"([\da-f-]{36})"\}$/;
const ID = /^[\da-f-]{36}$/;
const ACKNOWLEDGED = /^\{"gateway" ?: ?"([\da-f-]{36})", ?"version" ?: ?(\d{1,15})\}$/;

/** `null`: nothing that concerns anybody. What is said of tokens and not understood may mean any change. */
export function parseNews(channel: string, payload: string): GatewayNews | null {
  switch (channel) {
    case FENCE_CHANNEL: {
      const match = FENCE.exec(payload);
      return match && { kind: 'fence', version: Number(match[1]), from: match[2] ?? null };
    }
    case APPLIED_CHANNEL: {
      const match = ACKNOWLEDGED.exec(payload);
      return match && { kind: 'acknowledged', gateway: match[1] ?? '', version: Number(match[2]) };
    }
    case ATTENDANCE_CHANNEL:
      return ID.test(payload) ? { kind: 'attendance', gateway: payload } : null;
    default: {
      const match = CHANGED.exec(payload);
      return match ? { kind: 'changed', tokenId: Number(match[1]), version: Number(match[2]) } : { kind: 'resync' };
    }
  }
}
