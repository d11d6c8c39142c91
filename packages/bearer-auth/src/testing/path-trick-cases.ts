import { describe, expect, it, onTestFinished } from 'vitest';
import type { Guard } from '../guard.ts';
import type { Door } from './guard-cases.ts';
import { aGuardScene } from './guard-scene.ts';
import { ALLOWED_ENDPOINTS, PATH_TRICKS, resolveCarelessly } from './path-tricks.ts';
import { sendBytes } from './send.ts';

/** What a door for path tricks is opened with: it serves everything under `/api` behind `guard`. */
export interface TrickDoorOptions {
  readonly guard: Guard;
  /** To be told what a handler, or the upstream, sees of each request it is to serve. */
  readonly onServed: (target: string) => void;
}

/** A door whose handler sees targets below a path of its own. */
export interface TrickDoor extends Door {
  /** Under which path the handler sees the public API. */
  readonly mount: string;
}

/** The guarantee of contract §4 that what is served is inside what was allowed, for every path trick. The same over every adapter and the gateway. */
export function describePathTricks(name: string, startDoor: (options: TrickDoorOptions) => Promise<TrickDoor>): void {
  describe(`path tricks over ${name}`, () => {
    it(`${PATH_TRICKS.length} of them: what is served is inside what was allowed, everything else is refused`, {
      timeout: 60_000,
    }, async () => {
      const { guard, tokens } = aGuardScene();
      let served: string[] = [];
      const door = await startDoor({ guard, onServed: (target) => served.push(target) });
      onTestFinished(async () => {
        await door.close();
        await guard.close();
      });
      const token = tokens.issue({ allowedEndpoints: ALLOWED_ENDPOINTS, rateLimit: null });
      const ask = async (target: string) => {
        served = [];
        const line = `GET ${target} HTTP/1.1\r\nHost: api.test\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\n\r\n`;
        const status = Number((await sendBytes(door.url, line)).slice(9, 12));
        return { target, status, served };
      };

      expect(await ask('/api/products/7')).toMatchObject({ status: 200, served: [`${door.mount}/products/7`] });
      expect(await ask('/api/stores')).toMatchObject({ status: 403, served: [] });
      expect(PATH_TRICKS.length).toBeGreaterThan(1_000);
      const wrong: unknown[] = [];
      for (const target of PATH_TRICKS) {
        const answer = await ask(target);
        if (!isHarmless(answer, door.mount)) wrong.push(answer);
      }
      expect(wrong).toEqual([]);
    });
  });
}

function isHarmless({ status, served }: { status: number; served: readonly string[] }, mount: string): boolean {
  if (served.length === 0) return status >= 400 && status < 500;
  return served.every((target) => {
    const reached = resolveCarelessly(target);
    return reached === `${mount}/products` || reached.startsWith(`${mount}/products/`);
  });
}
