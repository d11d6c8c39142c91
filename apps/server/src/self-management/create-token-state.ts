import { OWN_STATE_PATH } from '@latchkey/api';
import type { Guard } from '@latchkey/bearer-auth';
import { createNodeGuard, type NodeGuardOptions } from '@latchkey/bearer-auth/node';
import type { Listener } from '../http/listener.ts';
import { createOwnTokenHandler, type OwnTokenOptions } from './create-self-management.ts';

const TARGET = `/api${OWN_STATE_PATH}`;

/** Whether a token asks about itself: `/api/_token`, whatever the token may do besides. */
export function isTokenStateRequest(target: string): boolean {
  return target.startsWith(TARGET) && (target.length === TARGET.length || target[TARGET.length] === '?');
}

/**
 * `GET /api/_token`: every check but that of the endpoint, and nothing is counted: a token that has used up its limit is the one that
 * wants to know when to come back. On record like every request of a known token, with a cost of 0.
 */
export function createTokenState(guard: Guard, options: NodeGuardOptions, own: OwnTokenOptions): Listener {
  // What watches a guard stands before it, and has only a part of its members.
  const inspecting = Object.assign(Object.create(guard) as Guard, { check: guard.inspect });
  return createNodeGuard(inspecting, options).protect(createOwnTokenHandler(own));
}
