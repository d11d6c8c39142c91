import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type PostgresRuntime, postgresEnvironment } from './postgres-runtime.ts';
import { canEnter, type PostgresUser } from './postgres-user.ts';

/** One database cluster on disk and how to reach it. */
export interface Cluster {
  readonly directory: string;
  readonly user: PostgresUser;
  readonly runtime: PostgresRuntime;
  readonly password: string;
}

export const SUPERUSER = 'latchkey';

export function clusterDirectory(dataDirectory: string): string {
  return path.join(dataDirectory, 'postgres');
}

/** Opens the cluster of a data directory, making it first where there is none. Refuses one of another major version. */
export async function openCluster(dataDirectory: string, user: PostgresUser, runtime: PostgresRuntime, sync: boolean): Promise<Cluster> {
  const directory = clusterDirectory(dataDirectory);
  if (existsSync(directory)) {
    await checkVersion(directory, runtime);
    return { directory, user, runtime, password: await readPassword(dataDirectory) };
  }
  const password = await createPassword(dataDirectory);
  await removeUnfinished(dataDirectory);
  // Killed half-way, this leaves an unfinished folder and no cluster: the name appears with the last step.
  const unfinished = path.join(dataDirectory, `postgres-unfinished-${randomUUID()}`);
  await mkdir(unfinished, { mode: 0o700 });
  if (user) await chown(unfinished, user.uid, user.gid);
  await initialise({ directory: unfinished, user, runtime, password }, sync);
  await rename(unfinished, directory);
  return { directory, user, runtime, password };
}

/**
 * How PostgreSQL is told where its cluster is. Where its user cannot walk the path to it (inside root's home, say), it is started
 * *in* the cluster and told "here": the kernel then asks nobody for the way. PostgreSQL stays in that directory for its whole life.
 */
export function addressCluster({ directory, user }: Pick<Cluster, 'directory' | 'user'>): { cwd: string; dataDirectory: string } {
  if (canEnter(path.dirname(directory), user)) return { cwd: path.parse(directory).root, dataDirectory: directory };
  if (process.platform === 'linux') return { cwd: directory, dataDirectory: '/proc/self/cwd' };
  throw new Error(`PostgreSQL cannot run as root, and no other user can enter ${directory}. Set LATCHKEY_DATA_DIR to another place.`);
}

async function checkVersion(directory: string, runtime: PostgresRuntime): Promise<void> {
  const version = Number(await readFile(path.join(directory, 'PG_VERSION'), 'utf8').catch(() => 'NaN'));
  if (version === runtime.majorVersion) return;
  const found = Number.isNaN(version) ? 'is not a PostgreSQL cluster' : `was made by PostgreSQL ${version}`;
  throw new Error(
    `${directory} ${found}, and this Latchkey brings PostgreSQL ${runtime.majorVersion}. Dump it with its own version and restore the dump, or set LATCHKEY_DATA_DIR to another place.`,
  );
}

function passwordFile(dataDirectory: string): string {
  return path.join(dataDirectory, 'postgres-password');
}

async function createPassword(dataDirectory: string): Promise<string> {
  const password = randomBytes(32).toString('base64url');
  await writeFile(passwordFile(dataDirectory), password, { mode: 0o600 });
  return password;
}

async function readPassword(dataDirectory: string): Promise<string> {
  const password = await readFile(passwordFile(dataDirectory), 'utf8').catch(() => '');
  if (/^[\w-]{43}$/.test(password)) return password;
  throw new Error(
    `${passwordFile(dataDirectory)} is missing or damaged. Put it back from a backup: the database next to it opens with no other.`,
  );
}

async function initialise(cluster: Cluster, sync: boolean): Promise<void> {
  const { cwd, dataDirectory } = addressCluster(cluster);
  const passwords = await writePasswordForInitdb(cluster);
  const flags = ['-D', dataDirectory, '-U', SUPERUSER, '-E', 'UTF8', '-A', 'scram-sha-256', `--pwfile=${path.join(passwords, 'password')}`];
  // The collation is PostgreSQL's own, so that no upgrade of the system's libraries can damage an index.
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  try {
    await promisify(execFile)(cluster.runtime.initdb, [...flags, ...locale, ...(sync ? [] : ['--no-sync'])], {
      cwd,
      env: { ...postgresEnvironment(cluster.runtime.libraryDirectory), PATH: '/usr/bin:/bin' },
      ...cluster.user,
    });
  } finally {
    await rm(passwords, { recursive: true, force: true });
  }
}

/** initdb reads the password as its own user and may be unable to enter the data directory, so it gets a copy for a moment. */
async function writePasswordForInitdb({ user, password }: Cluster): Promise<string> {
  const parent = [tmpdir(), '/tmp'].find((each) => existsSync(each) && canEnter(each, user)) ?? tmpdir();
  const directory = await mkdtemp(path.join(parent, 'latchkey-'));
  const file = path.join(directory, 'password');
  await writeFile(file, password, { mode: 0o600 });
  if (user) for (const each of [file, directory]) await chown(each, user.uid, user.gid);
  return directory;
}

async function removeUnfinished(dataDirectory: string): Promise<void> {
  for (const name of await readdir(dataDirectory)) {
    if (name.startsWith('postgres-unfinished-')) await rm(path.join(dataDirectory, name), { recursive: true, force: true });
  }
}
