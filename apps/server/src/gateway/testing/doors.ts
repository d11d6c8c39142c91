import type { Server } from 'node:http';
import { requestIds } from '@latchkey/bearer-auth/own-exchange';
import { type Door, listen } from '@latchkey/bearer-auth/testing';
import type { LaneParts } from '../lane/lane-exchange.ts';
import { openLane } from '../lane/open-lane.ts';

/** How requests come in: through Node's parser, or, where they are plain, before it. */
export const DOORS = ['node', 'lane'] as const;
export type DoorKind = (typeof DOORS)[number];

export interface LanedOptions extends Partial<Omit<LaneParts, 'guard' | 'proxy'>>, Pick<LaneParts, 'guard' | 'proxy'> {
  /** Which targets may take the lane. Default: all. */
  readonly isFor?: (target: string) => boolean;
}

/** Lets a server listen, with a lane in front of it or without. What goes wrong in the lane fails the test. */
export async function listenAt(kind: DoorKind, server: Server, { isFor = () => true, ...given }: LanedOptions): Promise<Door> {
  if (kind === 'node') return listen(server);
  const parts = {
    mount: '/api',
    createRequestId: requestIds(undefined),
    clientAddress: () => '127.0.0.1',
    isSecure: () => false,
    ...given,
  };
  const lane = openLane(server, {
    parts,
    isFor,
    onDefect(error) {
      throw error;
    },
  });
  const door = await listen(server);
  return {
    url: door.url,
    close() {
      lane.closeAll();
      return door.close();
    },
  };
}
