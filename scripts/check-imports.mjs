// The borders between the packages, where the linter cannot draw them: who may import whom (docs/architecture.md has the table), that
// every import of a workspace package is declared, and that each index.ts names what it exports.
//   node scripts/check-imports.mjs [root]
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(process.argv[2] ?? path.join(path.dirname(fileURLToPath(import.meta.url)), '..'));
const SCOPE = '@latchkey/';

// Workspace → what it may import from others. `types` stands for `import type` only; a key with a path wins over one without.
const MAY_IMPORT = {
  core: {},
  'bearer-auth': { core: 'code' },
  database: { core: 'code' },
  api: { core: 'code', database: 'types' },
  server: { core: 'code', 'bearer-auth': 'code', database: 'code', api: 'code', 'sample-api': 'code' },
  console: { api: 'types', 'api/schemas': 'code', core: 'types', portal: 'code' },
  cli: { api: 'types', 'api/schemas': 'code', core: 'code' },
  portal: { api: 'types', 'api/schemas': 'code', core: 'types' },
  'sample-api': {},
  bench: { core: 'code', 'bearer-auth': 'code', database: 'code', server: 'code' },
};
// In test files also the parts that other packages make for tests. Nothing else crosses a border there either.
const TESTS_MAY_IMPORT = {
  '*': ['core/testing', 'database/testing', 'bearer-auth/testing'],
  'bearer-auth': ['sample-api'],
  console: [
    ...['core', 'sample-api'],
    ...['server/testing', 'server/testing/add-many-tokens', 'server/testing/admin-client', 'server/testing/output-search'],
  ],
  cli: ['server/testing'],
};
// Libraries that belong to one workspace, by the beginning of their names.
const BELONGS_TO = {
  '@mikro-orm/': ['database'],
  'mikro-orm': ['database'],
  'pg-copy-streams': ['database'],
  '@trpc/server': ['api', 'server', 'console', 'cli'],
};
// These run in a browser as well.
const BROWSER_SAFE = ['packages/api/src/schemas', 'packages/core/src'];

const IMPORT = /^(?:import|export)\s+(?<type>type\s)?(?:[\w\s{},*$]*?\sfrom\s+)?['"](?<name>[^'"\n]+)['"]/gm;
const DYNAMIC_IMPORT = /\bimport\(\s*['"](?<name>[^'"\n]+)['"]/g;

const problems = listWorkspaces().flatMap(checkWorkspace);
for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  process.exit(1);
}

function listWorkspaces() {
  return ['packages', 'apps'].flatMap((parent) =>
    readdirSync(path.join(ROOT, parent))
      .map((name) => ({ name, directory: path.join(ROOT, parent, name) }))
      .filter(({ directory }) => existsSync(path.join(directory, 'package.json'))),
  );
}

function checkWorkspace({ name, directory }) {
  const manifest = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
  return listSources(directory).flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    const found = findImports(text).flatMap((each) => [...checkImport({ workspace: name, directory, manifest, file }, each)]);
    if (path.basename(file) === 'index.ts' && /^export \*/m.test(text)) found.push('index.ts names what it exports; "export *" does not');
    return found.map((problem) => `${path.relative(ROOT, file)}: ${problem}`);
  });
}

function findImports(text) {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '));
  const fixed = [...code.matchAll(IMPORT)].map(({ groups }) => ({ name: groups.name, typeOnly: groups.type !== undefined }));
  return [...fixed, ...[...code.matchAll(DYNAMIC_IMPORT)].map(({ groups }) => ({ name: groups.name, typeOnly: false }))];
}

function* checkImport(from, { name, typeOnly }) {
  const { workspace, directory, manifest, file } = from;
  const isTest = /\.test\.tsx?$|\/(testing|e2e)\//.test(file);
  const browserSafe = BROWSER_SAFE.some((each) => file.startsWith(path.join(ROOT, each) + path.sep)) && !isTest;
  if (name.startsWith('.')) {
    if (!path.resolve(path.dirname(file), name).startsWith(directory + path.sep))
      yield `"${name}" leaves its package; import the package by its name`;
    return;
  }
  if (browserSafe && name.startsWith('node:')) yield `"${name}" is not there in a browser`;
  if (workspace === 'core' && !isTest) yield `core imports nothing, and this is "${name}"`;
  for (const [library, owners] of Object.entries(BELONGS_TO)) {
    if ((name === library || name.startsWith(library.endsWith('/') ? library : `${library}/`)) && !owners.includes(workspace))
      yield `"${name}" belongs to ${owners.join(', ')}`;
  }
  if (name.startsWith(SCOPE)) yield* checkBorder(workspace, manifest, name, typeOnly, isTest);
}

function* checkBorder(workspace, manifest, name, typeOnly, isTest) {
  const target = name.slice(SCOPE.length);
  const packageName = target.split('/', 1)[0];
  if (packageName !== workspace) {
    const allowed = MAY_IMPORT[workspace]?.[target] ?? MAY_IMPORT[workspace]?.[packageName];
    const allowedInTest = isTest && [...TESTS_MAY_IMPORT['*'], ...(TESTS_MAY_IMPORT[workspace] ?? [])].includes(target);
    if (!allowed && !allowedInTest) yield `${workspace} may not import "${name}"`;
    else if (allowed === 'types' && !typeOnly && !allowedInTest)
      yield `${workspace} may import only types from "${name}": write "import type"`;
  }
  const declared = ['dependencies', 'devDependencies', 'peerDependencies'].some((kind) => manifest[kind]?.[`${SCOPE}${packageName}`]);
  if (!declared && packageName !== workspace) yield `"${name}" is not declared in the package.json of ${workspace}`;
}

function listSources(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist') return [];
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) return listSources(file);
    return /\.tsx?$/.test(entry.name) ? [file] : [];
  });
}
