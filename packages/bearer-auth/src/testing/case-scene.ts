import { DENIALS, type DenialReason } from '@latchkey/core';
import { expect } from 'vitest';
import type { GuardOptions } from '../guard.ts';
import type { RequiredAccess } from '../guard-request.ts';
import type { GuardScene } from './guard-scene.ts';
import type { Answer, SendOptions } from './send.ts';

/** A guard behind an open door. */
export interface CaseScene extends GuardScene {
  readonly url: string;
  send(options?: SendOptions): Promise<Answer>;
}

/** Opens the door that the cases are run over, with a guard of its own; it is closed after the test. */
export type OpenScene = (options?: Partial<GuardOptions>, access?: RequiredAccess) => Promise<CaseScene>;

/** Where the clock of a scene starts. */
export const NOON = Date.UTC(2026, 0, 15, 12);

/** That an answer is the denial which the one table has for this reason. */
export function expectDenial(answer: Answer, reason: DenialReason): void {
  const { status, code, error, message } = DENIALS[reason];
  expect(answer.body).toMatchObject({ error, code, message, request_id: expect.any(String) });
  expect(answer.status).toBe(status);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.headers['x-request-id']).toBe(answer.body?.request_id);
}
