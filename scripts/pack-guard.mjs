// Packs the guard for projects of other people: JavaScript and typings, with the rules (core) inside, in one .tgz.
//   node scripts/pack-guard.mjs [directory of the .tgz=dist]
// The sources are TypeScript that Node runs as it is, but not below node_modules, where an installed package lies.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const target = path.resolve(process.argv[2] ?? path.join(ROOT, 'dist'));
const stage = mkdtempSync(path.join(tmpdir(), 'latchkey-pack-'));
try {
  const guard = path.join(stage, 'bearer-auth');
  compile('core', path.join(guard, 'node_modules/@latchkey/core'));
  compile('bearer-auth', guard);
  mkdirSync(target, { recursive: true });
  const packed = run('npm', ['pack', '--json', '--pack-destination', target], guard);
  console.log(path.join(target, JSON.parse(packed)[0].filename));
} finally {
  rmSync(stage, { recursive: true, force: true });
}

/** Compiles a workspace into `directory`, with a package.json that leads to what was compiled. */
function compile(name, directory) {
  const source = path.join(ROOT, 'packages', name);
  const configuration = path.join(source, 'tsconfig.pack.json');
  mkdirSync(directory, { recursive: true });
  writeFileSync(configuration, JSON.stringify(packConfiguration(directory)));
  try {
    run(process.execPath, [path.join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', configuration], ROOT);
  } finally {
    rmSync(configuration);
  }
  const manifest = JSON.parse(readFileSync(path.join(source, 'package.json'), 'utf8'));
  writeFileSync(path.join(directory, 'package.json'), `${JSON.stringify(toPacked(manifest), null, 2)}\n`);
  cpSync(path.join(ROOT, 'LICENSE'), path.join(directory, 'LICENSE'));
}

function packConfiguration(directory) {
  return {
    extends: '../../tsconfig.base.json',
    compilerOptions: {
      noEmit: false,
      incremental: false,
      // Without the syntax of Node 24.
      target: 'es2023',
      declaration: true,
      rewriteRelativeImportExtensions: true,
      rootDir: 'src',
      outDir: path.join(directory, 'dist'),
    },
    include: ['src'],
    exclude: ['src/**/*.test.ts', 'src/testing', 'src/**/testing'],
  };
}

/** What other projects need of a manifest: entry points that were compiled, and no tools of development. */
function toPacked({ devDependencies: _, private: __, exports: entries, ...manifest }) {
  const compiled = Object.entries(entries)
    .filter(([name]) => name !== './testing')
    .map(([name, source]) => {
      const base = source.replace('./src/', './dist/').replace(/\.ts$/, '');
      return [name, { types: `${base}.d.ts`, default: `${base}.js` }];
    });
  const bundled = Object.keys(manifest.dependencies ?? {}).filter((name) => name.startsWith('@latchkey/'));
  return {
    ...manifest,
    engines: { node: '>=22' },
    files: ['dist', 'LICENSE'],
    exports: Object.fromEntries(compiled),
    bundleDependencies: bundled,
  };
}

function run(command, args, cwd) {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
