import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe } from 'vitest';
import type { Guard, GuardOptions } from '../guard.ts';
import type { RequiredAccess } from '../guard-request.ts';
import { describeAccessCases } from './access-cases.ts';
import type { CaseScene } from './case-scene.ts';
import { aGuardScene } from './guard-scene.ts';
import { describeLimitCases } from './limit-cases.ts';
import { type SendOptions, send } from './send.ts';
import { describeTokenCases } from './token-cases.ts';
import { answerUpstream } from './upstream-handler.ts';
import { describeUsageCases } from './usage-cases.ts';

/** What a door is opened with. It serves the handler's API under `/api` behind `guard`. */
export interface DoorOptions {
  readonly guard: Guard;
  readonly handler: (req: IncomingMessage, res: ServerResponse) => void;
  /** What every request needs. */
  readonly access: RequiredAccess | undefined;
}

/** A server that listens. */
export interface Door {
  /** Without a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Opens a door with the parts of one test; `describeGuard` closes it. */
export type StartDoor = (options: DoorOptions) => Promise<Door>;

/** The guarantees of contract §4, over one door. The same cases run over every adapter and the reverse proxy. */
export function describeGuard(name: string, startDoor: StartDoor): void {
  const closing: (() => Promise<void>)[] = [];

  async function open(options: Partial<GuardOptions> = {}, access?: RequiredAccess): Promise<CaseScene> {
    const scene = aGuardScene(options);
    const { url, close } = await startDoor({ guard: scene.guard, handler: answerUpstream, access });
    closing.push(close, scene.guard.close);
    return Object.assign(scene, { url, send: (sendOptions?: SendOptions) => send(url, sendOptions) });
  }

  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  describe(`guard over ${name}`, () => {
    describeTokenCases(open);
    describeAccessCases(open);
    describeLimitCases(open);
    describeUsageCases(open);
  });
}
