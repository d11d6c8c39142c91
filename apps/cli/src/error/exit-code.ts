/** How a command ends, for scripts. Documented in `docs/cli.md`. */
export const EXIT = {
  ok: 0,
  /** The operation was refused or failed, or some of several did. */
  failed: 1,
  /** The command line or what it brought along is wrong: nothing was done. */
  usage: 2,
  notSignedIn: 3,
  unreachable: 4,
  /** Ctrl-C at a prompt. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
