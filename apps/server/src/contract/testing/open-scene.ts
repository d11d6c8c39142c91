import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Answer, bearer, type SendOptions, send } from '@latchkey/bearer-auth/testing';
import { createTestDatabase } from '@latchkey/database/testing';
import { Client } from 'pg';
import { ADMIN, type LatchkeyProcess, startLatchkeyProcess } from '../../testing/latchkey-process.ts';

export type Json = Record<string, unknown>;

/** A token as `POST /api/api-tokens` answered it. */
export interface CreatedToken extends Json {
  readonly id: number;
  readonly token: string;
}

/** The real server in a process of its own, and its administrator. */
export interface Scene {
  readonly url: string;
  readonly process: LatchkeyProcess;
  readonly dataDirectory: string;
  readonly admin: { readonly jwt: string; readonly cookie: string };
  /** Every secret that `createToken` was given. */
  readonly secrets: string[];
  /** Everything the process has said since it was ready. */
  readonly output: () => string;
  /** One call on the management REST with the administrator's JWT, whatever it answers. */
  rest(method: string, path: string, body?: unknown): Promise<Answer>;
  /** One tRPC query with the administrator's JWT; answers its result. */
  query(procedure: string, input?: unknown): Promise<Json>;
  createToken(input: Json): Promise<CreatedToken>;
  /** One request on the public API: `call(token, '/products')` asks for `/api/products`. */
  call(token: string, path?: string, options?: Omit<SendOptions, 'path'>): Promise<Answer>;
  close(): Promise<void>;
}

export interface SceneOptions {
  readonly databaseUrl: string;
  readonly env?: Readonly<Record<string, string>>;
}

let everyScene: Readonly<Record<string, string>> = {};

/** What every server of this file is started with from now on, beside what it is given. */
export function setSceneDefaults(env: Readonly<Record<string, string>>): void {
  everyScene = env;
}

/** Starts a server with a data directory of its own on a database that the caller gives. */
export async function openScene({ databaseUrl, env = {} }: SceneOptions): Promise<Scene> {
  const directory = await makeDirectory();
  const dataDirectory = path.join(directory, 'data');
  const process = await startLatchkeyProcess({
    PORT: '0',
    LATCHKEY_DATA_DIR: dataDirectory,
    DATABASE_URL: databaseUrl,
    ...everyScene,
    ...env,
  });
  const output = collect(process);
  const admin = await signIn(process.url);
  const secrets: string[] = [];
  const asAdmin = (options: SendOptions): Promise<Answer> => send(process.url, withJson(options, bearer(admin.jwt)));

  const rest: Scene['rest'] = (method, restPath, body) =>
    asAdmin({ method, path: restPath, ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }) });

  return {
    url: process.url,
    process,
    dataDirectory,
    admin,
    secrets,
    output,
    rest,
    async query(procedure, input) {
      const search = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
      const answer = await asAdmin({ path: `/trpc/${procedure}${search}` });
      if (answer.status !== 200) throw new Error(`${procedure}: ${answer.status} ${answer.text}`);
      return (answer.body as { result: { data: Json } }).result.data;
    },
    async createToken(input) {
      const answer = await rest('POST', '/api/api-tokens', input);
      if (answer.status !== 201) throw new Error(`Creating a token: ${answer.status} ${answer.text}`);
      const { token } = answer.body as { token: CreatedToken };
      secrets.push(token.token);
      return token;
    },
    call: (token, publicPath = '/products', options = {}) =>
      send(process.url, { ...options, path: `/api${publicPath}`, headers: [...bearer(token), ...(options.headers ?? [])] }),
    async close() {
      await process.stop().finally(() => rm(directory, { recursive: true, force: true }));
    },
  };
}

/** A scene with a database of its own, both gone after `close`. */
export async function openSceneWithDatabase(env: Readonly<Record<string, string>> = {}): Promise<Scene & { readonly databaseUrl: string }> {
  const database = await createTestDatabase();
  const scene = await openScene({ databaseUrl: database.url, env });
  return {
    ...scene,
    databaseUrl: database.url,
    async close() {
      await scene.close().finally(() => database.drop());
    },
  };
}

/** As `openSceneWithDatabase`, with a configuration file that says this. */
export async function openSceneWithConfig(config: Json): Promise<Scene & { readonly databaseUrl: string }> {
  const directory = await makeDirectory();
  const file = path.join(directory, 'latchkey.config.ts');
  await writeFile(file, `export default ${JSON.stringify(config)};`);
  const scene = await openSceneWithDatabase({ LATCHKEY_CONFIG: file });
  return {
    ...scene,
    async close() {
      await scene.close().finally(() => rm(directory, { recursive: true, force: true }));
    },
  };
}

/** A directory that a server may use whoever runs the tests. */
export async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-contract-'));
  await chmod(directory, 0o711);
  return directory;
}

/** Looks behind the scenes. */
export async function querySql<Row extends Json>(databaseUrl: string, sql: string, parameters: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(sql, parameters)).rows;
  } finally {
    await client.end();
  }
}

function withJson(options: SendOptions, headers: readonly string[]): SendOptions {
  const type = options.body === undefined ? [] : ['Content-Type', 'application/json'];
  return { ...options, headers: [...headers, ...type, ...(options.headers ?? [])] };
}

async function signIn(url: string): Promise<Scene['admin']> {
  const options = { method: 'POST', path: '/api/auth/sign-in/email', body: JSON.stringify(ADMIN) };
  const answer = await send(url, withJson(options, []));
  if (answer.status !== 200) throw new Error(`Sign-in failed: ${answer.status} ${answer.text}`);
  const cookie = (answer.headers['set-cookie'] ?? []).map((line) => line.split(';', 1)[0]).join('; ');
  const { token } = (await send(url, { path: '/api/auth/token', headers: ['Cookie', cookie] })).body as { token: string };
  return { jwt: token, cookie };
}

function collect({ child, said }: LatchkeyProcess): () => string {
  let text = said();
  for (const output of [child.stdout, child.stderr]) {
    output?.on('data', (part: string) => {
      text += part;
    });
  }
  return () => text;
}
