import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { DisturbedScene } from './database-away.ts';

/**
 * `cut`: its connections break and new ones are refused; `stopped`: it is shut down and started again; `hung`: all its processes stand still and
 * every connection stays open; `terminated`: connections are ended at random moments, one after the other.
 */
export const DISTURBANCES = ['cut', 'stopped', 'hung', 'terminated'] as const;
export type Disturbance = (typeof DISTURBANCES)[number];

/** Disturbs the database for so long; resolves when it is back. */
export function disturbDatabase(how: Disturbance, scene: DisturbedScene, seconds: number): Promise<void> {
  return { cut, stopped: stop, hung: hang, terminated: terminate }[how](scene, seconds * 1_000);
}

async function cut({ wire }: DisturbedScene, ms: number): Promise<void> {
  await wire.cut();
  await delay(ms);
  await wire.mend();
}

async function stop(scene: DisturbedScene, ms: number): Promise<void> {
  await scene.postgres.stop();
  await scene.wire.cut();
  await delay(ms);
  scene.postgres = await scene.startPostgres();
  await scene.wire.mend(scene.postgres.url);
}

/** Its processes are a group of their own. */
async function hang({ directory }: DisturbedScene, ms: number): Promise<void> {
  const [pid] = (await readFile(path.join(directory, 'postgres/postmaster.pid'), 'utf8')).split('\n');
  const group = -Number(pid);
  process.kill(group, 'SIGSTOP');
  try {
    await delay(ms);
  } finally {
    process.kill(group, 'SIGCONT');
  }
}

const TERMINATE = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() order by random() limit 1`;

async function terminate({ postgres }: DisturbedScene, ms: number): Promise<void> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  for (const end = performance.now() + ms; performance.now() < end; ) {
    await client.query(TERMINATE);
    await delay(20 + Math.random() * 300);
  }
  await client.end();
}
