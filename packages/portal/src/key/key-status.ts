export type KeyStatus = 'active' | 'disabled' | 'expired' | 'revoked';
export type StatusColor = 'green' | 'yellow' | 'gray' | 'red';

/** What a status is derived from, as the server tells it. */
export interface KeyState {
  /** `false`: switched off by an administrator. Absent: on. */
  readonly active?: boolean | undefined;
  /** ISO-8601. */
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

export interface StatusInfo {
  readonly status: KeyStatus;
  readonly label: string;
  readonly color: StatusColor;
}

/** Green is active, red is revoked, gray is expired (S2-106). */
const INFO: Readonly<Record<KeyStatus, StatusInfo>> = {
  active: { status: 'active', label: 'Active', color: 'green' },
  disabled: { status: 'disabled', label: 'Disabled', color: 'yellow' },
  expired: { status: 'expired', label: 'Expired', color: 'gray' },
  revoked: { status: 'revoked', label: 'Revoked', color: 'red' },
};

/** The first that holds: revoked, expired (from the instant on), disabled, active (S2-073…075, 103). `now`: epoch milliseconds. */
export function keyStatus({ active = true, expiresAt, revokedAt }: KeyState, now: number): KeyStatus {
  if (revokedAt !== null) return 'revoked';
  if (expiresAt !== null && Date.parse(expiresAt) <= now) return 'expired';
  return active ? 'active' : 'disabled';
}

/** "Active", "Disabled", "Expired" or "Revoked" (S2-104). */
export function keyStatusLabel(status: KeyStatus): string {
  return INFO[status].label;
}

/** Status, label and colour together (S2-105). */
export function keyStatusInfo(status: KeyStatus): StatusInfo {
  return INFO[status];
}
