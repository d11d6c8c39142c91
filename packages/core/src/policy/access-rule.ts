import type { Permissions } from '../decision/permissions.ts';

/** What requests to some endpoints need, and what they cost. Every rule that matches a request holds for it. */
export interface AccessRule {
  /** An endpoint pattern as tokens have it: `POST,PUT /products*` (contract §4). */
  readonly endpoint: string;
  /** All of these; `[]`: none. */
  readonly scopes: readonly string[];
  /** All of these; `null`: none. */
  readonly permissions: Permissions | null;
  /** What a request is charged in rate limits and quota. The highest of the rules that match counts; 1 where none does. */
  readonly cost: number;
}
