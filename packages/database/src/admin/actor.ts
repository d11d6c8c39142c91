/** Who did something, and from where: written into the audit row of every change. */
export interface Actor {
  /** Account id; `null`: the system itself. */
  readonly id: string | null;
  readonly name: string;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}
