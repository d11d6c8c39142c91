import type { Actor } from '@latchkey/database';
import type { Role } from '../schemas/admin.ts';

export interface Member {
  id: string;
  name: string;
  email: string;
  role: Role;
  createdAt: string;
}

/** Accounts of administrators and viewers (port; the server implements it with better-auth). */
export interface AccountService {
  /** Whether the first administrator is still to be made. */
  isSetupNeeded(): Promise<boolean>;
  /** Makes the first administrator. `OperationError('FORBIDDEN')` for a wrong, used or expired set-up token. */
  completeSetup(input: { setupToken: string; name: string; email: string; password: string }, actor: Actor): Promise<Member>;
  list(): Promise<Member[]>;
  add(input: { name: string; email: string; password: string; role: Role }, actor: Actor): Promise<Member>;
  /** `CONFLICT` where it would leave no administrator. */
  setRole(id: string, role: Role, actor: Actor): Promise<Member>;
  /** Ends the account and its sessions. `CONFLICT` for the last administrator. */
  remove(id: string, actor: Actor): Promise<void>;
}
