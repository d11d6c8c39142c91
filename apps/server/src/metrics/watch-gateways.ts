import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayRegistry, GatewayView } from '@latchkey/database';
import { Gauge, type Registry } from 'prom-client';

const PATIENCE_MS = 1_000;

/** The gateways as the database knows them; while it can not be asked, as it last did. */
export function watchGateways(registry: Registry, gateways: Pick<GatewayRegistry, 'list'>): void {
  const registers = [registry];
  let asked: ReturnType<typeof listInTime> | null = null;

  /** Once for all the figures that somebody asks for together. */
  function list(): ReturnType<typeof listInTime> {
    asked ??= listInTime(gateways).finally(() => {
      asked = null;
    });
    return asked;
  }

  new Gauge({
    name: 'latchkey_gateways',
    help: 'Gateways of this database: live; silent, which were not seen for five seconds or can not hear changes.',
    labelNames: ['state'],
    registers,
    aggregator: 'max',
    async collect() {
      const listed = await list();
      for (const state of ['live', 'silent'] as const) {
        if (listed !== null) this.set({ state }, listed.filter((each) => each.state === state).length);
      }
    },
  });
  new Gauge({
    name: 'latchkey_gateway_version_lag',
    help: 'Versions of tokens by which the live gateway that is furthest behind is behind the one that is furthest.',
    registers,
    aggregator: 'max',
    async collect() {
      const listed = await list();
      if (listed !== null) this.set(versionLag(listed));
    },
  });
}

/** `null`: it takes too long for somebody who only wants figures. */
function listInTime(gateways: Pick<GatewayRegistry, 'list'>): Promise<readonly GatewayView[] | null> {
  return Promise.race([gateways.list().catch(() => null), delay(PATIENCE_MS, null, { ref: false })]);
}

function versionLag(listed: readonly GatewayView[]): number {
  const live = listed.filter(({ state }) => state === 'live').map(({ appliedVersion }) => appliedVersion);
  return live.length === 0 ? 0 : Math.max(...live) - Math.min(...live);
}
