import { hostname } from 'node:os';
import packageJson from '../../package.json' with { type: 'json' };
import type { ServerOptions } from '../server-options.ts';
import type { Gateway } from './open-gateway.ts';

/** Tells the other processes that this one serves. Before anything is served: a change that is confirmed without it would not hold here. */
export async function registerGateway({ config, database }: ServerOptions, { counter }: Gateway, threads: number): Promise<void> {
  await database.gateways.register({
    name: config.gatewayName,
    host: hostname(),
    pid: process.pid,
    version: packageJson.version,
    threads,
    limiterMode: counter.mode,
    maxStaleSeconds: config.maxStaleSeconds,
  });
}
