// Brings node_modules and the built console up to date, and does nothing where they are. Runs before `npm start`, `npm test` and the
// others, on whatever Node the machine has (20 or newer), before a single package is there: so no dependencies and no new syntax.
//   --build         build the console where its sources are newer than what was built
//   --build=force   build it in any case
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const REQUIRED_NODE = 26;
const INSTALL_STAMP = path.join(ROOT, 'node_modules/.latchkey-install');
const BUILD_STAMP = path.join(ROOT, 'apps/console/dist/.latchkey-build');
// What the console is made of. It gets types from the procedures and code from their schemas.
const CONSOLE_SOURCES = ['apps/console', 'packages/api', 'packages/core', 'packages/portal', 'package-lock.json', 'tsconfig.base.json'];
const NOT_SOURCES = new Set(['node_modules', 'dist', 'e2e', '.DS_Store']);

const build = process.argv.find((argument) => argument === '--build' || argument === '--build=force');

withLock(() => {
  ensurePackages();
  ensureNode();
  if (build) ensureConsole(build === '--build=force');
});

function ensurePackages() {
  const wanted = hashFiles([path.join(ROOT, 'package-lock.json')]);
  if (readText(INSTALL_STAMP) === wanted) return;
  if (!isInstalled()) {
    say('Installing packages (once, about a minute) …');
    const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
    // Under NODE_ENV=production npm would leave out what builds the console; install scripts are not needed.
    run(
      [...npm, 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'],
      'The packages cannot be installed.',
    );
  }
  writeFileSync(INSTALL_STAMP, wanted);
}

/** Whether somebody's own `npm install` has put the very versions of the lock file there: npm writes down what it installed. */
function isInstalled() {
  const installed = readJson(path.join(ROOT, 'node_modules/.package-lock.json'))?.packages;
  const wanted = readJson(path.join(ROOT, 'package-lock.json')).packages;
  if (!installed) return false;
  return Object.entries(wanted).every(([name, entry]) => {
    if (name === '' || entry.link || !name.includes('node_modules/')) return true;
    const found = installed[name];
    return found ? found.version === entry.version : Boolean(entry.optional);
  });
}

/** npm puts node_modules/.bin first, and the right Node into it – where there is one for this platform. */
function ensureNode() {
  const { stdout } = spawnSync(findNode(), ['--version'], { encoding: 'utf8' });
  const version = (stdout ?? '').trim().replace('v', '');
  if (Number.parseInt(version, 10) >= REQUIRED_NODE) return;
  fail(
    `Latchkey needs Node.js ${REQUIRED_NODE} or newer. npm brings it along for Linux, macOS on Apple chips, and Windows, but found none here ` +
      `(${process.platform}-${process.arch}, Node.js ${version || process.versions.node}). Install Node.js ${REQUIRED_NODE} from https://nodejs.org, ` +
      'or, if you left out optional packages, delete node_modules and start again without --omit=optional.',
  );
}

function ensureConsole(force) {
  const wanted = hashFiles(CONSOLE_SOURCES.flatMap((source) => listFiles(path.join(ROOT, source))));
  if (!force && readText(BUILD_STAMP) === wanted) return;
  say('Building the console …');
  run([findNode(), 'node_modules/vite/bin/vite.js', 'build', 'apps/console', '--logLevel=warn'], 'The console cannot be built.');
  writeFileSync(BUILD_STAMP, wanted);
}

/** Not `process.execPath`: this script may run on an older Node than the one that was installed a moment ago. */
function findNode() {
  const installed = path.join(ROOT, 'node_modules/.bin/node');
  return existsSync(installed) ? installed : process.execPath;
}

function run([command, ...parameters], problem) {
  const { status, error } = spawnSync(command, parameters, { cwd: ROOT, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (status !== 0)
    fail(`${problem} "${[command, ...parameters].join(' ')}" ${error ? `failed: ${error.message}` : `ended with ${status}`}.`);
}

/** Two starts at the same moment must not install over each other: the second waits, and then finds everything done. */
function withLock(work) {
  const lock = path.join(ROOT, '.latchkey-install.lock');
  let told = false;
  while (!tryLock(lock)) {
    removeAbandoned(lock);
    if (!told) say(`Waiting for another installation to end … (If there is none, delete ${lock} and ${lock}.removal.)`);
    told = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  process.on('exit', () => rmSync(lock, { force: true }));
  work();
}

/** Makes the file only where there is none. It holds the number of the process that made it. */
function tryLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/**
 * Removes the lock of a process that was killed. One starter at a time, and only what it has read again after it found the process gone: a
 * process that is gone no longer gives its lock to somebody else.
 */
function removeAbandoned(lock) {
  const holder = readText(lock);
  if (isAlive(holder, lock) || !tryLock(`${lock}.removal`)) return;
  try {
    if (readText(lock) === holder && !isAlive(holder, lock)) rmSync(lock, { force: true });
  } finally {
    rmSync(`${lock}.removal`, { force: true });
  }
}

function isAlive(holder, lock) {
  if (holder === undefined) return true;
  // Made a moment ago, and not yet written; or its maker was killed between the two.
  if (holder === '') return (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > Date.now() - 5_000;
  try {
    process.kill(Number(holder), 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

function listFiles(file) {
  if (!existsSync(file)) return [];
  if (!statSync(file).isDirectory()) return [file];
  const names = readdirSync(file).filter((name) => !NOT_SOURCES.has(name) && !/\.test\.tsx?$/.test(name));
  return names.sort().flatMap((name) => listFiles(path.join(file, name)));
}

function hashFiles(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(path.relative(ROOT, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  }
}

function readJson(file) {
  const text = readText(file);
  return text === undefined ? undefined : JSON.parse(text);
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
